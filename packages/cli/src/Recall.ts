/**
 * Reads of a ledger what an answer to `why` is made of: the events of the newest generations of one credential, and older
 * ones only if they do not show what set the field. A long ledger is never held, and most of it is never parsed.
 */
import type { ScanOptions } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { defaultProviders } from "@daybook/oauth/Providers"
import { type EventId, Seq } from "@daybook/pool/Ids"
import { type Credential, empty, grantById, type PoolState } from "@daybook/pool/PoolState"
import { loopTypes, makeLoopDetector } from "@daybook/pool/queries/Loops"
import { credentialStatus } from "@daybook/pool/queries/Status"
import { type Answer, type Asked, namesOf, why } from "@daybook/pool/queries/Why"
import type { FieldName } from "@daybook/pool/queries/why/Fields"
import { olderOf } from "@daybook/pool/queries/why/Older"
import { type Question, Recollection } from "@daybook/pool/queries/why/Recollection"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, HashMap, Option } from "effect"
import * as History from "./History.ts"
import * as HistoryPages from "./HistoryPages.ts"

/** So many generations back, what happened may matter to how things stand. */
const generations = 8

/** Causes that are looked up one by one. */
const lookUps = 8

export const recall = Effect.fnUntraced(function* (history: History.History, credential: Credential, field: FieldName) {
  const { at: now, state } = history
  const first = (yield* HistoryPages.oldest(history))?.seq ?? 1
  const from = Math.max(first, beginningOf(state, credential))
  const names = namesOf(state, credential)
  const newest = { from: Seq.make(from), to: state.head, names }
  const near = yield* recollect(history, { credential: credential.id, field, now }, newest)
  // What benched its account may be older than all that this credential has met.
  const isOlder = near.setter === undefined || credentialStatus(state, credential, now).sameAccountAs !== undefined
  const far = isOlder ? yield* older(history, credential, field, [first, from - 1]) : undefined
  const answer = yield* completed(history, {
    credential,
    field,
    now,
    state,
    events: [...(far?.held ?? []), ...near.held],
    setter: near.setter ?? far?.setter,
    trouble: near.trouble,
    limits: defaultProviders.find(({ id }) => id === credential.provider)
  })
  return yield* named(history, answer)
})

/** As far back as a loop that runs may reach. */
const generationsOfLoop = 32

/** The newest loop that runs at the moment, as far as the newest generations show it; only a login that is not ill is asked. */
export const runningLoop = Effect.fnUntraced(function* (history: History.History, credential: Credential) {
  const { at, state } = history
  if (credential.removed || credentialStatus(state, credential, at).word !== "ok") return undefined
  const first = (yield* HistoryPages.oldest(history))?.seq ?? 1
  const from = Seq.make(Math.max(first, beginningOf(state, credential, generationsOfLoop)))
  const detector = makeLoopDetector()
  const names = [`"${credential.id}"`, credential.grant]
  yield* History.scan(history, { from, types: loopTypes, names, take: (event) => void detector.take(event) })
  return detector
    .found(at)
    .findLast((loop) => loop.running && (loop.credential === credential.id || loop.grant === credential.grant))
})

/** An answer, the state that it is of, and what it was told from. */
export interface Recalled extends Answer {
  readonly state: PoolState
}

const beginningOf = (state: PoolState, { enrolledSeq, grant }: Credential, back = generations): number => {
  const newest = grantById(state, grant).lineage.slice(-back)
  return newest.length === 0 ? enrolledSeq : Math.min(...newest.map(({ seq }) => seq))
}

/** Only the few types of event that may have set it are parsed. */
const older = Effect.fnUntraced(function* (
  history: History.History,
  credential: Credential,
  field: FieldName,
  [first, to]: readonly [number, number]
) {
  const { at: now, state } = history
  const wanted = olderOf(state, credential, field, now)
  if (wanted === undefined) return undefined
  const { enrolledSeq } = Option.getOrElse(HashMap.get(state.credentials, wanted.credential), () => credential)
  const from = Math.max(first, enrolledSeq)
  if (from > to) return undefined
  const range = { from: Seq.make(from), to: Seq.make(to) }
  const sieve = { types: new Set(wanted.types), names: [`"${wanted.credential}"`] }
  return yield* recollect(history, { ...wanted, now }, { ...range, ...sieve })
})

type Range = Omit<ScanOptions, "take"> & { readonly from: Seq }

const recollect = Effect.fnUntraced(function* (history: History.History, question: Question, range: Range) {
  const before = range.from <= 1 ? empty : yield* history.ledger.asOf({ seq: Seq.make(range.from - 1) })
  const recollection = new Recollection(before, question)
  yield* History.scan(history, { ...range, take: (event) => recollection.add(event) })
  return recollection
})

interface Told {
  readonly answer: Answer
  readonly asked: Asked
}

/** A state forgets who joined long ago, and then the one who is to be named has to be looked up. */
const named = Effect.fnUntraced(function* (history: History.History, { answer, asked }: Told) {
  const { state } = asked
  const shown = [...answer.chain.links.map(({ event }) => event), ...answer.finding.evidence]
  if (shown.every(({ actor }) => HashMap.has(state.actors, actor))) return { ...answer, state } satisfies Recalled
  let actors = state.actors
  const take = ({ actor, seq, ...event }: Recorded) => {
    if (event.type === "ActorJoined" && !HashMap.has(actors, actor))
      actors = HashMap.set(actors, actor, { joined: seq, ...event.data })
  }
  yield* History.scan(history, { types: new Set(["ActorJoined"]), names: shown.map(({ actor }) => actor), take })
  const known = { ...state, actors }
  return { ...why({ ...asked, state: known }), state: known } satisfies Recalled
})

/** With causes that stand on lines of other credentials, or on older ones. */
const completed = Effect.fnUntraced(function* (
  history: History.History,
  asked: Asked,
  left = lookUps
): Effect.fn.Return<Told, LedgerError> {
  const answer = why(asked)
  const { outside } = answer.chain
  const found = outside === undefined || left === 0 ? undefined : yield* eventOf(history, outside)
  if (found === undefined) return { answer, asked }
  const events = [...asked.events, found].toSorted((a, b) => a.seq - b.seq)
  return yield* completed(history, { ...asked, events }, left - 1)
})

/** None if the ledger does not have it before the moment. */
const eventOf = Effect.fnUntraced(function* ({ ledger, state }: History.History, id: EventId) {
  const behind = yield* Effect.catchReason(ledger.asOf({ id }), "LedgerError", "NoSuchEvent", () =>
    Effect.succeed(undefined)
  )
  if (behind === undefined || behind.head > state.head) return undefined
  const events: Array<Recorded> = []
  yield* ledger.scan({ from: behind.head, to: behind.head, take: (event) => void events.push(event) })
  return events[0]
})
