/**
 * Reads of a ledger what an answer to `why` is made of: the newest generations' events of one credential, and older ones only
 * if the field was set before them. A long ledger is never held, and most of it is never parsed.
 */
import { Seq } from "@daybook/pool/Ids"
import { type Credential, empty, grantById, type PoolState } from "@daybook/pool/PoolState"
import { type Asked, namesOf, why } from "@daybook/pool/queries/Why"
import type { FieldName } from "@daybook/pool/queries/why/Fields"
import { Recollection } from "@daybook/pool/queries/why/Recollection"
import type { Recorded } from "@daybook/pool/Recorded"
import { defaultProviders } from "@daybook/oauth/Providers"
import { Effect, Option } from "effect"
import * as History from "./History.ts"
import * as HistoryPages from "./HistoryPages.ts"

/** So many generations back, what happened may matter to how things stand. */
const generations = 8

/** Causes that are looked up one by one. */
const lookUps = 8

export const recall = Effect.fnUntraced(function* (history: History.History, credential: Credential, field: FieldName) {
  const first = (yield* HistoryPages.oldest(history))?.seq ?? 1
  const from = Math.max(first, beginningOf(history.state, credential))
  const near = yield* recollect(history, credential, field, from, history.state.head)
  const isTold = near.setter !== undefined || from <= credential.enrolledSeq || isAboutUse(field)
  const far = isTold
    ? undefined
    : yield* recollect(history, credential, field, Math.max(first, credential.enrolledSeq), from - 1)
  return yield* completed(history, {
    credential,
    field,
    now: history.at,
    state: history.state,
    events: [...(far?.held ?? []), ...near.held],
    setter: near.setter ?? far?.setter,
    trouble: near.trouble,
    limits: defaultProviders.find(({ id }) => id === credential.provider)
  })
})

/** How it stands says itself whether something is wrong, and what that is came with the newest generations. */
const isAboutUse = (field: FieldName): boolean => field === "status" || field === "reason" || field === "until"

const beginningOf = (state: PoolState, { enrolledSeq, grant }: Credential): number => {
  const newest = grantById(state, grant).lineage.slice(-generations)
  return newest.length === 0 ? enrolledSeq : Math.min(...newest.map(({ seq }) => seq))
}

const recollect = Effect.fnUntraced(function* (
  history: History.History,
  credential: Credential,
  field: FieldName,
  from: number,
  to: number
) {
  const before = from <= 1 ? empty : yield* history.ledger.asOf({ seq: Seq.make(from - 1) })
  const recollection = new Recollection(before, { credential: credential.id, field, now: history.at })
  yield* History.scan(history, {
    from: Seq.make(from),
    to: Seq.make(to),
    names: namesOf(history.state, credential),
    take: (event) => recollection.add(event)
  })
  return recollection
})

/** With causes that stand on lines of other credentials. */
const completed = Effect.fnUntraced(function* (history: History.History, given: Asked) {
  let events = given.events
  let answer = why(given)
  for (let count = 0; count < lookUps && answer.chain.outside !== undefined; count++) {
    const found = yield* eventOf(history, answer.chain.outside)
    if (found === undefined) break
    events = [...events, found].toSorted((a, b) => a.seq - b.seq)
    answer = why({ ...given, events })
  }
  return answer
})

const eventOf = Effect.fnUntraced(function* ({ ledger, state }: History.History, id: Recorded["id"]) {
  const found = yield* Effect.option(ledger.asOf({ id }))
  const seq = Option.getOrUndefined(found)?.head
  if (seq === undefined || seq > state.head) return undefined
  const events: Array<Recorded> = []
  yield* ledger.scan({ from: seq, to: seq, take: (event) => void events.push(event) })
  return events[0]
})
