/**
 * What changed between two moments of a pool: for each credential the axes that differ, what they were and are, and the
 * events between that changed them. Who came, who went. An axis that no event changed was changed by time: a bench ended.
 */
import { Equal, HashMap, Option } from "effect"
import { credentialOf, grantOf } from "../Event.ts"
import { evolve } from "../Evolve.ts"
import type { ActorId, CredentialId, GrantId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { byPriority, type Credential, type PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { type Axes, axesOf, type AxisName } from "./Axes.ts"
import { credentialStatus, type SummaryWord } from "./Status.ts"

/** A pool as it stood at an instant. */
export interface Standpoint {
  readonly state: PoolState
  readonly at: Instant
}

export interface Difference {
  readonly credential: CredentialId
  readonly provider: string
  readonly label: string | undefined
  /** `passed`: it joined and left in between. */
  readonly what: "joined" | "left" | "passed" | "changed"
  /** Absent if the ledger did not know it yet. */
  readonly before: Standing | undefined
  readonly after: Standing
  /** Of one that came or went, only that it did. */
  readonly changes: ReadonlyArray<Change>
}

export interface Standing {
  /** Absent if it was no member. */
  readonly word: SummaryWord | undefined
  readonly axes: Axes
}

export interface Change {
  readonly axis: AxisName
  readonly by: Blame
}

/** The events that changed an axis. */
export interface Blame {
  readonly count: number
  /** The newest few of them, in order. */
  readonly newest: ReadonlyArray<Blamed>
}

export interface Blamed {
  readonly seq: Seq
  readonly at: Instant
  /** Of an event of a newer version too. */
  readonly type: string
  readonly actor: ActorId
}

/** So many events are named for each axis. */
const newestMost = 4

/** All of it at once; `events` are those behind `before`, up to `after`. */
export const diff = (before: Standpoint, after: Standpoint, events: Iterable<Recorded>): ReadonlyArray<Difference> => {
  const differ = new Differ(before, after)
  for (const event of events) differ.take(event)
  return differ.differences()
}

/** The same for events that come one by one. Only those that name one of `names` are needed. */
export class Differ {
  readonly #before: Standpoint
  readonly #after: Standpoint
  readonly #watched: ReadonlyArray<Watched>
  #state: PoolState

  constructor(before: Standpoint, after: Standpoint) {
    this.#before = before
    this.#after = after
    this.#state = before.state
    this.#watched = watchedIn(before, after)
  }

  /** Ids of the credentials that differ, and of their grants; empty if nothing does. */
  get names(): ReadonlyArray<CredentialId | GrantId> {
    return [...new Set(this.#watched.flatMap(({ grants, id }) => [id, ...grants]))]
  }

  /** In order. */
  take(event: Recorded): void {
    const next = evolve(this.#state, event)
    for (const watched of this.#watched) if (isAbout(event, watched)) blame(watched, this.#state, next, event)
    this.#state = next
  }

  /** By provider, priority and enrolment. */
  differences(): ReadonlyArray<Difference> {
    return this.#watched.flatMap((watched) => differenceOf(watched, this.#before, this.#after))
  }
}

interface Watched {
  readonly id: CredentialId
  readonly grants: ReadonlySet<GrantId>
  readonly blames: Map<AxisName, Blame>
}

const watchedIn = (before: Standpoint, after: Standpoint): ReadonlyArray<Watched> =>
  Array.from(HashMap.values(after.state.credentials))
    .filter(({ id }) => isDifferent(id, before, after))
    .toSorted((one, other) => compare(one.provider, other.provider) || byPriority(one, other))
    .map(({ grant, id }) => {
      const former = credentialIn(before, id)?.grant
      return { id, grants: new Set(former === undefined ? [grant] : [former, grant]), blames: new Map() }
    })

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1)

const isDifferent = (id: CredentialId, before: Standpoint, after: Standpoint): boolean => {
  const [former, now] = [standing(id, before), standing(id, after)]
  if (former?.word === undefined && now?.word === undefined) return hasPassed(id, before, after)
  return !isSame(former, now)
}

const standing = (id: CredentialId, { at, state }: Standpoint): Standing | undefined => {
  const credential = credentialIn({ state }, id)
  return credential && { word: wordOf(credential, { at, state }), axes: axesOf(state, credential, at) }
}

/** Structural; much of two states is one and the same object. */
const isSame = (one: unknown, other: unknown): boolean => one === other || Equal.equals(one, other)

/** Enrolled in between, and out of the pool again. */
const hasPassed = (id: CredentialId, before: Standpoint, after: Standpoint): boolean =>
  (credentialIn(after, id)?.enrolledSeq ?? 0) > before.state.head

const credentialIn = ({ state }: Pick<Standpoint, "state">, id: CredentialId): Credential | undefined =>
  Option.getOrUndefined(HashMap.get(state.credentials, id))

/** None of a credential that is not in the pool. */
const wordOf = (credential: Credential, { at, state }: Standpoint): SummaryWord | undefined =>
  credential.removed ? undefined : credentialStatus(state, credential, at).word

const isAbout = (event: Recorded, { grants, id }: Watched): boolean => {
  const credential = event.type === "Unknown" ? event.credential : credentialOf(event)
  const grant = event.type === "Unknown" ? event.data.grant : grantOf(event)
  return credential === id || (grant !== undefined && grants.has(grant))
}

/** Both sides are looked at at one instant, so that what time alone has ended is nobody's doing. */
const blame = ({ blames, id }: Watched, before: PoolState, after: PoolState, event: Recorded): void => {
  const at = after.latest
  const [former, now] = [axesAt(id, before, at), axesAt(id, after, at)]
  if (now === undefined) return
  for (const name of namesOf(now)) {
    if (!isSame(former?.[name], now[name])) blames.set(name, withEvent(blames.get(name), event))
  }
}

const axesAt = (id: CredentialId, state: PoolState, at: Instant): Axes | undefined => {
  const credential = credentialIn({ state }, id)
  return credential && axesOf(state, credential, at)
}

const namesOf = (axes: Axes): ReadonlyArray<AxisName> => Object.keys(axes) as ReadonlyArray<AxisName>

const nobody: Blame = { count: 0, newest: [] }

const withEvent = ({ count, newest }: Blame = nobody, event: Recorded): Blame => ({
  count: count + 1,
  newest: [...newest.slice(1 - newestMost), blamed(event)]
})

const blamed = (event: Recorded): Blamed => {
  const { actor, at, seq } = event
  return { seq, at, type: event.type === "Unknown" ? event.data.type : event.type, actor }
}

const differenceOf = (watched: Watched, before: Standpoint, after: Standpoint): ReadonlyArray<Difference> => {
  const { blames, id } = watched
  const credential = credentialIn(after, id)
  const [former, now] = [standing(id, before), standing(id, after)]
  if (credential === undefined || now === undefined) return []
  const { label, provider } = credential
  const what = whatOf(former?.word, now.word)
  const changes = changedAxes(what === "changed" ? former?.axes : undefined, now.axes).map((axis) => ({
    axis,
    by: blames.get(axis) ?? nobody
  }))
  return [{ credential: id, provider, label, what, before: former, after: now, changes }]
}

const whatOf = (before: SummaryWord | undefined, after: SummaryWord | undefined): Difference["what"] => {
  if (before === undefined) return after === undefined ? "passed" : "joined"
  return after === undefined ? "left" : "changed"
}

const changedAxes = (before: Axes | undefined, after: Axes): ReadonlyArray<AxisName> =>
  before === undefined ? ["membership"] : namesOf(after).filter((name) => !isSame(before[name], after[name]))
