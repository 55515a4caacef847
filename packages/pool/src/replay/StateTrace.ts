/**
 * The states of a history at regular places, each as what changed since the place before.
 */
import { evolve } from "../Evolve.ts"
import { empty, type PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { type Changed, changedSince, type Digest } from "./StateFields.ts"

export interface Place {
  /** The state is the one after this event. */
  readonly seq: number
  readonly changed: Changed
}

export class StateTrace {
  readonly places: Array<Place> = []
  private readonly digest: Digest
  private readonly every: number
  private state: PoolState
  private last: PoolState

  /** A place every so many events, and one at the end. */
  constructor(digest: Digest, every: number, from: PoolState = empty) {
    this.digest = digest
    this.every = every
    this.state = from
    this.last = from
  }

  readonly add = (event: Recorded): void => {
    this.state = evolve(this.state, event)
    if (event.seq % this.every === 0) this.mark()
  }

  end(): void {
    if (this.state !== this.last) this.mark()
  }

  private mark(): void {
    const changed = changedSince(this.last, this.state, this.digest)
    this.last = this.state
    this.places.push({ seq: this.state.head, changed })
  }
}

export interface StateDivergence {
  readonly seq: number
  /** Such as `credential main`. */
  readonly thing: string
  readonly fields: ReadonlyArray<{ readonly field: string; readonly recorded: unknown; readonly now: unknown }>
}

/** The first place at which a state is not what it was, and the first thing there. */
export const firstDivergence = (
  expected: ReadonlyArray<Place>,
  found: ReadonlyArray<Place>
): StateDivergence | undefined => {
  const then = new Map(expected.map((place) => [place.seq, place.changed]))
  const now = new Map(found.map((place) => [place.seq, place.changed]))
  const seqs = [...new Set([...then.keys(), ...now.keys()])].toSorted((a, b) => a - b)
  for (const seq of seqs) {
    const different = firstDifferent(then.get(seq) ?? {}, now.get(seq) ?? {})
    if (different !== undefined) return { seq, ...different }
  }
  return undefined
}

const firstDifferent = (then: Changed, now: Changed): Omit<StateDivergence, "seq"> | undefined => {
  const things = [...new Set([...Object.keys(then), ...Object.keys(now)])].toSorted()
  for (const thing of things) {
    const [one, other] = [then[thing] ?? {}, now[thing] ?? {}]
    const fields = [...new Set([...Object.keys(one), ...Object.keys(other)])]
      .toSorted()
      .filter((field) => one[field] !== other[field])
      .map((field) => ({ field, recorded: one[field], now: other[field] }))
    const isGone = (then[thing] === null) !== (now[thing] === null)
    if (fields.length > 0 || isGone) return { thing, fields }
  }
  return undefined
}
