/** `daybook bundle` */
import * as Excerpt from "@daybook/ledger/Excerpt"
import { Seq } from "@daybook/pool/Ids"
import { storyOf } from "@daybook/pool/queries/Story"
import { expand } from "daybook/Home"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { hostname, userInfo } from "node:os"
import { Choice } from "../bundle/Choice.ts"
import { naming, Pseudonyms } from "../bundle/Pseudonyms.ts"
import { exitCodes } from "../ExitCode.ts"
import * as History from "../History.ts"
import * as HistoryPages from "../HistoryPages.ts"
import { type HistoryFlags, ledger } from "../HistoryFlags.ts"
import { Bundle } from "../json/Bundle.ts"
import { basisOf } from "../json/Basis.ts"
import * as Output from "../Output.ts"
import { bundleLines } from "../render/BundleLines.ts"
import * as Period from "../Period.ts"
import { settings } from "../Root.ts"
import type { Settings } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  ledger,
  ...Period.flags,
  folder: Argument.String("folder").pipe(
    Argument.withDescription("Where the excerpt goes: a folder that is not there yet, or empty")
  ),
  credential: Flag.String("credential").pipe(
    Flag.withDescription("Only events of this one, by id or label; may be given several times"),
    Flag.atLeast(0)
  )
}

interface Flags extends Pick<HistoryFlags, "ledger">, Period.Flags {
  readonly folder: string
  readonly credential: ReadonlyArray<string>
}

export const bundle = Command.make(
  "bundle",
  flags,
  Effect.fnUntraced(function* (flags) {
    yield* answer(yield* settings, flags)
  })
).pipe(
  Command.withDescription(
    "An excerpt for a bug report: a ledger of its own, with other fingerprints, and without addresses, labels, hosts and folders"
  )
)

export const answer = Effect.fnUntraced(function* (told: Pick<Settings, "home" | "json">, flags: Flags) {
  const period = yield* Period.resolve(yield* History.open(told, { ledger: flags.ledger }), flags)
  const made = yield* write(period, expand(flags.folder), flags.credential)
  const { history } = period
  yield* told.json ? Output.documentOf(Bundle, { ...basisOf(history), ...made }) : Output.lines(bundleLines(made))
}, Effect.scoped)

const write = Effect.fnUntraced(function* (
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
  return { folder, events: excerpt.count(), source, leftOut: choice.unknown }
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
