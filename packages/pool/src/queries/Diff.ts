/**
 * What changed between two moments of a pool: for each credential the axes that differ, what they were and are, and the
 * events between that changed them. Who came, who went. An axis that no event changed was changed by time: a bench ended.
 */
import { HashMap, Option } from "effect"
import { credentialOf, grantOf } from "../Event.ts"
import { evolve } from "../Evolve.ts"
import type { ActorId, CredentialId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { byPriority, type Credential, type PoolState } from "../PoolState.ts"
import { alike } from "../internal/alike.ts"
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
  readonly #watched: ReadonlyArray<Watched>
  readonly #byName: ReadonlyMap<string, ReadonlyArray<Watched>>
  #state: PoolState

  constructor(before: Standpoint, after: Standpoint) {
    this.#state = before.state
    this.#watched = watchedIn(before, after)
    const named = this.#watched.flatMap((watched) => watched.names.map((name) => ({ name, watched })))
    this.#byName = new Map(
      Array.from(
        Map.groupBy(named, ({ name }) => name),
        ([name, all]) => [name, all.map(({ watched }) => watched)]
      )
    )
  }

  /** Ids of the credentials that differ, and of their grants; empty if nothing does. */
  get names(): ReadonlyArray<string> {
    return [...this.#byName.keys()]
  }

  /** In order. */
  take(event: Recorded): void {
    const next = evolve(this.#state, event)
    for (const watched of this.#about(event)) blame(watched, this.#state, next, event)
    this.#state = next
  }

  /** By provider, priority and enrolment. */
  differences(): ReadonlyArray<Difference> {
    return this.#watched.map(({ axes, blames, difference }) => ({
      ...difference,
      changes: axes.map((axis) => ({ axis, by: blames.get(axis) ?? nobody }))
    }))
  }

  #about(event: Recorded): ReadonlyArray<Watched> {
    const credential = event.type === "Unknown" ? event.credential : credentialOf(event)
    const grant = event.type === "Unknown" ? event.data.grant : grantOf(event)
    const named = this.#byName.get(credential ?? "") ?? []
    const holders = this.#byName.get(grant ?? "") ?? []
    return named.length === 0 ? holders : [...named, ...holders.filter((holder) => !named.includes(holder))]
  }
}

/** A credential that differs, and who changed the axes that do. */
interface Watched {
  readonly difference: Omit<Difference, "changes">
  readonly axes: ReadonlyArray<AxisName>
  /** Its id, and its grants at both moments. */
  readonly names: ReadonlyArray<string>
  readonly blames: Map<AxisName, Blame>
}

const watchedIn = (before: Standpoint, after: Standpoint): ReadonlyArray<Watched> =>
  Array.from(HashMap.values(after.state.credentials))
    .toSorted((one, other) => compare(one.provider, other.provider) || byPriority(one, other))
    .flatMap((credential) => {
      const difference = differenceOf(credential, before, after)
      if (difference === undefined) return []
      const axes = changedAxes(difference)
      const names = [credential.id, credential.grant, difference.before?.axes.grant].filter(
        (name) => name !== undefined
      )
      return [{ difference, axes, names: [...new Set(names)], blames: new Map() }]
    })

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1)

const differenceOf = (
  { enrolledSeq, id, label, provider }: Credential,
  before: Standpoint,
  after: Standpoint
): Watched["difference"] | undefined => {
  const [former, now] = [standing(id, before), standing(id, after)]
  if (now === undefined) return undefined
  const what = whatOf(former?.word, now.word)
  const isDifferent = what === "passed" ? enrolledSeq > before.state.head : !alike(former, now)
  return isDifferent ? { credential: id, provider, label, what, before: former, after: now } : undefined
}

const whatOf = (before: SummaryWord | undefined, after: SummaryWord | undefined): Difference["what"] => {
  if (before === undefined) return after === undefined ? "passed" : "joined"
  return after === undefined ? "left" : "changed"
}

const standing = (id: CredentialId, { at, state }: Standpoint): Standing | undefined => {
  const credential = credentialIn(state, id)
  // None is the word of a credential that is not in the pool.
  const word = credential?.removed === false ? credentialStatus(state, credential, at).word : undefined
  return credential && { word, axes: axesOf(state, credential, at) }
}

const credentialIn = (state: PoolState, id: CredentialId): Credential | undefined =>
  Option.getOrUndefined(HashMap.get(state.credentials, id))

const changedAxes = ({ after, before, what }: Watched["difference"]): ReadonlyArray<AxisName> =>
  before === undefined || what !== "changed"
    ? ["membership"]
    : namesOf(after.axes).filter((name) => !alike(before.axes[name], after.axes[name]))

const namesOf = (axes: Axes): ReadonlyArray<AxisName> => Object.keys(axes) as ReadonlyArray<AxisName>

/** Both sides are looked at at one instant, so that what time alone has ended is nobody's doing. */
const blame = (
  { axes, blames, difference: { credential: id } }: Watched,
  before: PoolState,
  after: PoolState,
  event: Recorded
): void => {
  const [former, now] = [axesAt(id, before, after.latest), axesAt(id, after, after.latest)]
  for (const name of axes) {
    if (!alike(former?.[name], now?.[name])) blames.set(name, withEvent(blames.get(name), event))
  }
}

const axesAt = (id: CredentialId, state: PoolState, at: Instant): Axes | undefined => {
  const credential = credentialIn(state, id)
  return credential && axesOf(state, credential, at)
}

const nobody: Blame = { count: 0, newest: [] }

const withEvent = ({ count, newest }: Blame = nobody, event: Recorded): Blame => ({
  count: count + 1,
  newest: [...newest.slice(1 - newestMost), blamed(event)]
})

const blamed = (event: Recorded): Blamed => {
  const { actor, at, seq } = event
  return { seq, at, type: event.type === "Unknown" ? event.data.type : event.type, actor }
}
