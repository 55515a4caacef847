/** An excerpt of a ledger for others to look at, as `bundle` and the report of `view` have it. */
import * as Excerpt from "@daybook/ledger/Excerpt"
import { type LedgerId, Seq } from "@daybook/pool/Ids"
import { storyOf } from "@daybook/pool/queries/Story"
import { Effect } from "effect"
import { hostname, userInfo } from "node:os"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import * as HistoryPages from "../HistoryPages.ts"
import type * as Period from "../Period.ts"
import { Stop } from "../Stop.ts"
import { Choice } from "./Choice.ts"
import { naming, Pseudonyms } from "./Pseudonyms.ts"

export interface Made {
  /** Of the excerpt, which is a ledger of its own. */
  readonly id: LedgerId
  readonly folder: string
  /** Its first included. */
  readonly events: number
  readonly source: Excerpt.Source
  /** Events of a newer version. */
  readonly leftOut: number
}

/** Into a new folder: of all credentials, or of those that are named. */
export const write = Effect.fnUntraced(function* (
  { from, history }: Period.Period,
  folder: string,
  named: ReadonlyArray<string>
) {
  const opened = yield* HistoryPages.oldest(history)
  if (opened === undefined) return yield* nothing
  const before = from === undefined || from <= opened.seq ? undefined : yield* stateBefore(history, from)
  const about = yield* Effect.forEach(named, (name) => History.credential(history, name))
  const choice = new Choice(
    before,
    about.map(({ id }) => storyOf(history.state, id))
  )
  const pseudonyms = new Pseudonyms({ host: hostname(), user: userName() })
  yield* History.scan(history, { types: naming, take: (event) => pseudonyms.learn(event) })
  const source = yield* sourceOf(history, (before?.head ?? opened.seq - 1) + 1)
  const excerpt = yield* Excerpt.create(folder, opened, source)
  yield* HistoryPages.forEach(history, opened.seq, (events) =>
    excerpt.write(choice.of(events).map((event) => pseudonyms.of(event)))
  )
  yield* excerpt.finish
  return { id: excerpt.ledger, folder, events: excerpt.count(), source, leftOut: choice.unknown } satisfies Made
})

/** In a container nobody may have a name. */
const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return ""
  }
}

const stateBefore = ({ ledger, state }: History.History, from: Seq) =>
  ledger.asOf({ seq: Seq.make(Math.min(from - 1, state.head)) })

const sourceOf = Effect.fnUntraced(function* ({ damage, end, ledger, state }: History.History, from: number) {
  const head = damage === undefined ? yield* ledger.head : undefined
  const id = head?.ledger ?? end.state.ledger?.id
  if (id === undefined) return yield* nothing
  const range = { ledger: id, from: Seq.make(from), to: state.head, head: head?.seq ?? end.state.head }
  return head === undefined ? range : { ...range, h: head.h }
})

const nothing = new Stop({
  exitCode: exitCodes.error,
  message: "There is nothing to make an excerpt of: not even the first event of the ledger can be read."
})
