/** Makes a piece of events in order, folded upon the state before the first of them. */
import { evolve } from "@daybook/pool/Evolve"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { HashMap, Option } from "effect"
import type { Columns, Piece } from "../Picture.ts"
import { BandTracker } from "./BandTracker.ts"
import type { CausesWithin } from "./Causes.ts"
import { type LegendBook, typeOf } from "./LegendBook.ts"
import { markNumber } from "./Marks.ts"

export class Folding {
  state: PoolState
  readonly isNewest: boolean
  readonly #book: LegendBook
  readonly #causes: CausesWithin
  readonly #columns: Columns
  #bands: BandTracker | undefined
  #count = 0

  /** `isNewest`: nothing that was folded before came later. */
  constructor(
    book: LegendBook,
    causes: CausesWithin,
    {
      base,
      from,
      isNewest,
      length
    }: Pick<Folding, "isNewest"> & {
      readonly base: PoolState
      readonly from: number
      readonly length: number
    }
  ) {
    this.state = base
    this.isNewest = isNewest
    this.#book = book
    this.#causes = causes
    this.#columns = emptyColumns(from, length)
  }

  get count(): number {
    return this.#count
  }

  /** Number of the event that is to come. */
  get next(): number {
    return this.#columns.from + this.#count
  }

  take(read: Recorded): void {
    const event = this.#book.withOwnNames(read)
    const before = this.state
    this.#bands ??= new BandTracker(this.#book, before, before.latest === 0 ? event.at : before.latest)
    const after = evolve(before, event)
    this.state = after
    this.#enrol(event)
    this.#bands.step(before, after, event)
    this.#write(event, this.#count)
    this.#count++
  }

  /** A lane is there before its first band. */
  #enrol(event: Recorded): void {
    if (event.type !== "CredentialEnrolled" && event.type !== "CredentialRelabelled") return
    const credential = Option.getOrUndefined(HashMap.get(this.state.credentials, event.credential))
    if (credential !== undefined) this.#book.enrol(credential, this.isNewest)
  }

  #write(event: Recorded, place: number): void {
    const { actor, at, cause, lane, mark, type } = this.#columns
    at[place] = event.at
    lane[place] = this.#book.lane(this.#book.credential(event))
    actor[place] = this.#book.actor(event.actor, this.state)
    type[place] = this.#book.type(typeOf(event))
    mark[place] = markNumber(event)
    cause[place] = this.#causes.take(event)
  }

  /** Of the events that came; fewer than were expected if the rest cannot be read. */
  finish(): Piece {
    const bands = this.#bands ?? new BandTracker(this.#book, this.state, this.state.latest)
    return {
      columns: this.#count === this.#columns.at.length ? this.#columns : cut(this.#columns, this.#count),
      bands: bands.bands,
      ...(this.isNewest ? { ahead: bands.ahead(this.state) } : {}),
      legend: this.#book.legend,
      late: this.#causes.finish()
    }
  }
}

const emptyColumns = (from: number, length: number): Columns => ({
  from,
  at: new Float64Array(length),
  lane: new Uint16Array(length),
  actor: new Uint16Array(length),
  type: new Uint8Array(length),
  mark: new Uint8Array(length),
  cause: new Float64Array(length)
})

const cut = ({ actor, at, cause, from, lane, mark, type }: Columns, length: number): Columns => ({
  from,
  at: at.slice(0, length),
  lane: lane.slice(0, length),
  actor: actor.slice(0, length),
  type: type.slice(0, length),
  mark: mark.slice(0, length),
  cause: cause.slice(0, length)
})

/** What goes over to the page without being copied. */
export const buffersOf = ({ ahead, bands, columns, late }: Piece): Array<ArrayBufferLike> => {
  const { from: _from, ...arrays } = columns
  return [arrays, bands, ahead, late].flatMap((part) => Object.values(part ?? {}).map(({ buffer }) => buffer))
}
