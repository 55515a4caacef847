/**
 * What this process knows of a ledger: the fold, the place up to which it reaches, and where to find things again.
 */
import { evolve } from "@daybook/pool/Evolve"
import type { Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import { Context } from "effect"
import type { Link } from "../LineFormat.ts"
import type { TornTail } from "./TornTail.ts"
import { type Judged, type Junk, type Passed, type Place, start, startAfter, type Walked } from "./Walk.ts"

export interface View {
  readonly place: Place
  readonly state: PoolState
  /** Half a line behind `place`, as far as the last look showed. */
  readonly torn: TornTail | undefined
  /** Where this process began to check. */
  readonly checkedFrom: Place
  /** Sealed junk in what it has checked. */
  readonly junk: ReadonlyArray<Junk>
  /** Places on the way, to begin a reading at. */
  readonly marks: ReadonlyArray<Mark>
}

/** A place that every reader comes by: behind the first line that ends at or after a multiple of so many bytes. */
export interface Mark extends Place {
  /** The running maximum of `at`. */
  readonly latest: Instant
}

/** A mark, and the state there. */
export interface Crossed {
  readonly mark: Mark
  readonly state: PoolState
}

/** Bytes from one mark to the next, about. */
export const SnapshotEvery = Context.Reference<number>("@daybook/ledger/internal/View/SnapshotEvery", {
  defaultValue: () => 256 * 1024
})

/** Before anything was read, or where a snapshot lets a reader begin. */
export const begin = (place: Place = start, state: PoolState = empty, marks: ReadonlyArray<Mark> = []): View => ({
  place,
  state,
  torn: undefined,
  checkedFrom: place,
  junk: [],
  marks
})

/** A fold on its way, and the marks it has come by. */
export class Folding {
  state: PoolState
  place: Place
  readonly every: number
  readonly crossed: Array<Crossed> = []

  constructor(state: PoolState, place: Place, every: number) {
    this.state = state
    this.place = place
    this.every = every
  }

  take({ event, place }: Passed): void {
    this.state = evolve(this.state, event)
    if (Math.floor(place.offset / this.every) > Math.floor(this.place.offset / this.every)) {
      this.crossed.push({ mark: { ...place, latest: this.state.latest }, state: this.state })
    }
    this.place = place
  }
}

/** The view after a walk from its place, and the marks on the way. `end` is the state at its end, if it is known. */
export const advance = (view: View, { ending, junk, lines, place }: Walked, every: number, end?: PoolState) => {
  const folding = new Folding(view.state, view.place, every)
  const isFolded = end !== undefined && Math.floor(place.offset / every) === Math.floor(view.place.offset / every)
  for (const line of isFolded ? [] : lines) folding.take(line)
  const { crossed } = folding
  const marks = crossed.map(({ mark }) => mark)
  const next: View = {
    ...view,
    place,
    state: isFolded ? end : folding.state,
    torn: ending._tag === "Torn" ? ending.tail : undefined,
    junk: junk.length === 0 ? view.junk : [...view.junk, ...junk],
    marks: marks.length === 0 ? view.marks : [...view.marks, ...marks]
  }
  return { view: next, crossed }
}

/** The view at the beginning of the segment that continues a link. */
export const enter = (view: View, link: Link): View => ({ ...view, place: startAfter(link), torn: undefined })

/** The last mark before an event. */
export const markBefore = (view: View, seq: Seq): Mark | undefined => view.marks.findLast((mark) => mark.seq < seq)

/** What this process has checked of a segment, and need not judge again: nothing where it met events it does not know. */
export const judgedIn = ({ checkedFrom, junk, place, state }: View, segment: Seq): Judged => {
  const isRead = state.unknown === 0
  const end = segment < place.segment ? Infinity : segment === place.segment ? place.offset : 0
  return {
    from: segment < checkedFrom.segment ? Infinity : segment === checkedFrom.segment ? checkedFrom.offset : 0,
    below: isRead ? end : 0,
    junk,
    isRead
  }
}
