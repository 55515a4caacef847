/**
 * Reads of a history what an answer to `why` is made of: the events of the newest generations of one credential, and older
 * ones only if they do not show what set the field. A long history is never held, and most of it is never read.
 */
import { Effect, HashMap, Option } from "effect"
import type { EventType } from "../../Event.ts"
import type { EventId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import { type Credential, empty, grantById, type PoolState } from "../../PoolState.ts"
import type { Recorded } from "../../Recorded.ts"
import { loopTypes, makeLoopDetector } from "../Loops.ts"
import { credentialStatus } from "../Status.ts"
import { type Answer, type Asked, namesOf, why } from "../Why.ts"
import type { Limits } from "./Case.ts"
import type { FieldName } from "./Fields.ts"
import { olderOf } from "./Older.ts"
import { type Question, Recollection } from "./Recollection.ts"

/** A history up to a moment, wherever it is kept. */
export interface Past<E> {
  /** The pool as it stood at the moment. */
  readonly state: PoolState
  readonly at: Instant
  /** The oldest event that can be read. */
  readonly first: number
  /** As the pool stood behind an event. */
  readonly stateBehind: (seq: number) => Effect.Effect<PoolState, E>
  readonly scan: (range: Range, take: (event: Recorded) => void) => Effect.Effect<void, E>
  /** None if the history does not have it. */
  readonly eventOf: (id: EventId) => Effect.Effect<Recorded | undefined, E>
}

export interface Range {
  /** Both included. */
  readonly from: number
  readonly to: number
  readonly types?: ReadonlySet<EventType>
  /** At least one of them stands on the line. */
  readonly names?: ReadonlyArray<string>
}

/** An answer, and the state that it is told from. */
export interface Recalled extends Answer {
  readonly state: PoolState
}

/** So many generations back, what happened may matter to how things stand. */
const generations = 8

/** Causes that are looked up one by one. */
const lookUps = 8

/** `limits` are those of the credential's provider. */
export const recall = Effect.fnUntraced(function* <E>(
  past: Past<E>,
  credential: Credential,
  field: FieldName,
  limits: Limits | undefined
): Effect.fn.Return<Recalled, E> {
  const { at: now, first, state } = past
  const from = Math.max(first, beginningOf(state, credential))
  const names = namesOf(state, credential)
  const near = yield* recollect(past, { credential: credential.id, field, now }, { from, to: state.head, names })
  // What benched its account may be older than all that this credential has met.
  const isOlder = near.setter === undefined || credentialStatus(state, credential, now).sameAccountAs !== undefined
  const far = isOlder ? yield* older(past, credential, field, from - 1) : undefined
  const told = yield* completed(past, {
    credential,
    field,
    now,
    state,
    events: [...(far?.held ?? []), ...near.held],
    setter: near.setter ?? far?.setter,
    trouble: near.trouble,
    limits
  })
  return yield* named(past, told)
})

/** As far back as a loop that runs may reach. */
const generationsOfLoop = 32

/** The newest loop that runs at the moment, as far as the newest generations show it; only a login that is not ill is asked. */
export const runningLoop = Effect.fnUntraced(function* <E>(past: Past<E>, credential: Credential) {
  const { at, first, state } = past
  if (credential.removed || credentialStatus(state, credential, at).word !== "ok") return undefined
  const from = Math.max(first, beginningOf(state, credential, generationsOfLoop))
  const detector = makeLoopDetector()
  const names = [`"${credential.id}"`, credential.grant]
  yield* past.scan({ from, to: state.head, types: loopTypes, names }, (event) => void detector.take(event))
  return detector
    .found(at)
    .findLast((loop) => loop.running && (loop.credential === credential.id || loop.grant === credential.grant))
})

/** Where the newest generations begin. */
export const beginningOf = (state: PoolState, { enrolledSeq, grant }: Credential, back = generations): number => {
  const newest = grantById(state, grant).lineage.slice(-back)
  return newest.length === 0 ? enrolledSeq : Math.min(...newest.map(({ seq }) => seq))
}

/** Only the few types of event that may have set it are read. */
const older = Effect.fnUntraced(function* <E>(past: Past<E>, credential: Credential, field: FieldName, to: number) {
  const { at: now, first, state } = past
  const wanted = olderOf(state, credential, field, now)
  if (wanted === undefined) return undefined
  const { enrolledSeq } = Option.getOrElse(HashMap.get(state.credentials, wanted.credential), () => credential)
  const from = Math.max(first, enrolledSeq)
  if (from > to) return undefined
  const sieve = { types: new Set(wanted.types), names: [`"${wanted.credential}"`] }
  return yield* recollect(past, { ...wanted, now }, { from, to, ...sieve })
})

const recollect = Effect.fnUntraced(function* <E>(past: Past<E>, question: Question, range: Range) {
  const before = range.from <= 1 ? empty : yield* past.stateBehind(range.from - 1)
  const recollection = new Recollection(before, question)
  yield* past.scan(range, (event) => recollection.add(event))
  return recollection
})

interface Told {
  readonly answer: Answer
  readonly asked: Asked
}

/** With causes that stand on lines of other credentials, or on older ones. */
const completed = Effect.fnUntraced(function* <E>(
  past: Past<E>,
  asked: Asked,
  left = lookUps
): Effect.fn.Return<Told, E> {
  const answer = why(asked)
  const { outside } = answer.chain
  const found = outside === undefined || left === 0 ? undefined : yield* past.eventOf(outside)
  if (found === undefined || found.seq > asked.state.head) return { answer, asked }
  const events = [...asked.events, found].toSorted((a, b) => a.seq - b.seq)
  return yield* completed(past, { ...asked, events }, left - 1)
})

/** A state forgets who joined long ago, and then the one who is to be named has to be looked up. */
const named = Effect.fnUntraced(function* <E>(past: Past<E>, { answer, asked }: Told) {
  const { state } = asked
  const shown = [...answer.chain.links.map(({ event }) => event), ...answer.finding.evidence]
  const strangers = shown.filter(({ actor }) => !HashMap.has(state.actors, actor)).map(({ actor }) => actor)
  if (strangers.length === 0) return { ...answer, state } satisfies Recalled
  let actors = state.actors
  const take = ({ actor, seq, ...event }: Recorded) => {
    if (event.type === "ActorJoined" && !HashMap.has(actors, actor))
      actors = HashMap.set(actors, actor, { joined: seq, ...event.data })
  }
  const names = [...new Set(strangers)]
  yield* past.scan({ from: past.first, to: state.head, types: new Set(["ActorJoined"]), names }, take)
  const known = { ...state, actors }
  return { ...why({ ...asked, state: known }), state: known } satisfies Recalled
})
