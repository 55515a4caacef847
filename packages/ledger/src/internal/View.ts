/**
 * What this process knows of a ledger: the fold, the place up to which it reaches, and where to find things again.
 */
import type { Seq } from "@daybook/pool/Ids"
import { evolve } from "@daybook/pool/Evolve"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import type { TornTail } from "./TornTail.ts"
import { type Junk, type Place, start, type Walked } from "./Walk.ts"

export interface View {
  readonly place: Place
  readonly state: PoolState
  /** Half a line behind `place`, as far as the last look showed. */
  readonly torn: TornTail | undefined
  /** Sealed junk, by its offset. */
  readonly junk: ReadonlyMap<number, Junk>
  /** Places on the way, one for about each chunk, to begin a reading at. */
  readonly marks: ReadonlyArray<Place>
}

/** Bytes between two marks, at least. */
const markEvery = 256 * 1024

export const initial: View = { place: start, state: empty, torn: undefined, junk: new Map(), marks: [start] }

/** The view after a walk from its place. */
export const advance = (view: View, { ending, junk, lines, place }: Walked): View => ({
  place,
  state: lines.reduce<PoolState>((state, line) => evolve(state, line.event), view.state),
  torn: ending._tag === "Torn" ? ending.tail : undefined,
  junk: junk.length === 0 ? view.junk : new Map([...view.junk, ...junk.map((it) => [it.offset, it] as const)]),
  marks: place.offset - lastMark(view).offset < markEvery ? view.marks : [...view.marks, place]
})

const lastMark = (view: View): Place => view.marks.at(-1) ?? start

/** The last mark before an event. */
export const markBefore = (view: View, seq: Seq): Place => view.marks.findLast((mark) => mark.seq < seq) ?? start
