/**
 * What is known of the ledger so far, made of pieces that come in any order. `with` gives the next picture, to which the
 * one before hands over its columns: only the newest may be asked. Time never runs backwards in it: an event stands where
 * the clocks had got to.
 */
import {
  type ActorName,
  type BandWord,
  bandWords,
  type Lane,
  type Legend,
  type MarkKind,
  markKinds,
  noLane,
  type Piece
} from "../Picture.ts"
import type { Cursor } from "../Questions.ts"
import { BandColumns, type Coming, comingIn } from "./BandColumns.ts"
import type { Deque } from "./Deque.ts"
import { EventColumns } from "./EventColumns.ts"

const nothing: Legend = { lanes: [], actors: [], types: [] }

/** What people call it: its label, else its id. Some stores have labels with nothing in them. */
export const nameOf = ({ credential, label = "" }: Pick<Lane, "credential" | "label">): string =>
  label.trim() === "" ? credential : label

const { compare } = new Intl.Collator("en", { numeric: true })

const inOrder = (lanes: ReadonlyArray<Lane>): ReadonlyArray<number> =>
  [...lanes.keys()].toSorted((one, other) => {
    const [a, b] = [lanes[one]!, lanes[other]!]
    return compare(a.provider, b.provider) || compare(nameOf(a), nameOf(b)) || compare(a.credential, b.credential)
  })

export class Picture {
  static readonly empty = new Picture(new EventColumns(), new BandColumns(), nothing, [], new Map())

  /** For drawing. */
  readonly events: EventColumns
  readonly bands: BandColumns
  readonly legend: Legend
  /** Places of the lanes in the legend, by provider, then by what they are called. */
  readonly lanes: ReadonlyArray<number>
  /** Numbers of the oldest and the newest event; 0 and 0 when there is none. */
  readonly first: number
  readonly last: number
  readonly count: number
  /** By lane: how it will stand while no event comes. Never among `bands`: the next event may stand before it. */
  readonly coming: ReadonlyMap<number, Coming>
  /** Pieces that touch none of the events yet. */
  readonly #apart: ReadonlyArray<Piece>

  private constructor(
    events: EventColumns,
    bands: BandColumns,
    legend: Legend,
    apart: ReadonlyArray<Piece>,
    coming: Picture["coming"]
  ) {
    this.events = events
    this.bands = bands
    this.legend = legend
    this.coming = coming
    this.lanes = inOrder(legend.lanes)
    this.count = events.count
    this.first = this.count === 0 ? 0 : events.first
    this.last = this.count === 0 ? 0 : events.last
    this.#apart = apart
  }

  with(piece: Piece): Picture {
    const events = this.count === 0 ? new EventColumns() : this.events
    const bands = this.count === 0 ? new BandColumns() : this.bands
    const apart = joined(events, bands, [...this.#apart, piece])
    if (piece.late !== undefined) events.setCauses(piece.late)
    const newest = [...this.#apart, piece].findLast((one) => one.ahead !== undefined && lastOf(one) === events.last)
    const coming = newest !== undefined ? comingIn(newest.ahead) : events.last === this.last ? this.coming : new Map()
    return new Picture(events, bands, longer(this.legend, piece.legend), apart, coming)
  }

  /** From the first event to the last one, in milliseconds; undefined when there is none. */
  get span(): { readonly from: number; readonly to: number } | undefined {
    return this.count === 0 ? undefined : { from: this.time(this.first), to: this.time(this.last) }
  }

  has(seq: number): boolean {
    return this.count > 0 && seq >= this.first && seq <= this.last
  }

  /** As its actor wrote it. */
  at(seq: number): number {
    return this.events.at.get(seq - this.first)
  }

  /** Where it is drawn: never before an earlier event. */
  time(seq: number): number {
    return this.events.time.get(seq - this.first)
  }

  type(seq: number): string {
    return this.legend.types[this.events.type.get(seq - this.first)] ?? "unknown"
  }

  mark(seq: number): MarkKind {
    return markKinds[this.events.mark.get(seq - this.first)] ?? "none"
  }

  /** Its place in the legend; undefined when the event is about no credential, or about all. */
  laneIndex(seq: number): number | undefined {
    const lane = this.events.lane.get(seq - this.first)
    return lane === noLane ? undefined : lane
  }

  lane(seq: number): Lane | undefined {
    return this.legend.lanes[this.events.lane.get(seq - this.first)]
  }

  actorIndex(seq: number): number {
    return this.events.actor.get(seq - this.first)
  }

  actor(seq: number): ActorName | undefined {
    return this.legend.actors[this.events.actor.get(seq - this.first)]
  }

  /** Number of the event that led to it, if this picture has it. */
  cause(seq: number): number | undefined {
    const cause = this.events.cause.get(seq - this.first)
    return this.has(cause) ? cause : undefined
  }

  /** How a lane (by its place in the legend) stood at an instant; undefined when it was not in the pool. */
  word(lane: number, time: number): BandWord | undefined {
    const coming = this.coming.get(lane)
    const place = coming?.since.findLastIndex((since) => since <= time) ?? -1
    return bandWords[coming?.word[place] ?? this.bands.word(lane, time)]
  }

  /** When a lane will stand otherwise by itself, at the soonest behind an instant. */
  nextChange(time: number): number | undefined {
    const ahead = Array.from(this.coming.values(), ({ since }) => since.find((one) => one > time) ?? Infinity)
    const soonest = Math.min(...ahead, Infinity)
    return soonest === Infinity ? undefined : soonest
  }

  /** The last event that is not after an instant; the first one when all are. */
  seqAt(time: number): number {
    return this.first + Math.max(0, this.events.time.upperBound(time) - 1)
  }

  /** Events from one instant to another, both included. */
  countIn(from: number, to: number): number {
    return Math.max(0, this.events.time.upperBound(to) - this.events.time.lowerBound(from))
  }

  /** A cursor on an event. */
  cursorOn(seq: number): Cursor {
    return { seq, now: this.time(seq) }
  }

  /** A cursor at an instant; not before the first event. */
  cursorAt(time: number): Cursor {
    const seq = this.seqAt(time)
    return { seq, now: Math.max(time, this.time(seq)) }
  }

  /** Where a cursor stands; the live end without one. */
  instant(cursor: Cursor | undefined): number {
    return cursor?.now ?? this.span?.to ?? 0
  }

  next(seq: number): number | undefined {
    return seq < this.last ? Math.max(seq + 1, this.first) : undefined
  }

  previous(seq: number): number | undefined {
    return this.count > 0 && seq > this.first ? Math.min(seq - 1, this.last) : undefined
  }

  nextFailure(seq: number): number | undefined {
    return valueAt(this.events.failures, this.events.failures.upperBound(seq))
  }

  previousFailure(seq: number): number | undefined {
    return valueAt(this.events.failures, this.events.failures.lowerBound(seq) - 1)
  }
}

const valueAt = (values: Deque<Uint32Array>, index: number): number | undefined =>
  index >= 0 && index < values.length ? values.get(index) : undefined

const lastOf = ({ columns: { at, from } }: Piece): number => from + at.length - 1

/** Adds what fits, and what fits then; gives the rest. */
const joined = (events: EventColumns, bands: BandColumns, pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> => {
  const rest = pieces.filter((piece) => !add(events, bands, piece))
  return rest.length === 0 || rest.length === pieces.length ? rest : joined(events, bands, rest)
}

/** Whether the piece is in now. */
const add = (events: EventColumns, bands: BandColumns, piece: Piece): boolean => {
  const { from, at } = piece.columns
  if (events.count > 0 && from >= events.first && from + at.length - 1 <= events.last && at.length > 0) return true
  if (events.count === 0 || from === events.last + 1) {
    events.addBehind(piece.columns)
    bands.addBehind(piece.bands)
    return true
  }
  if (from + at.length !== events.first) return false
  events.addBefore(piece.columns)
  bands.addBefore(piece.bands)
  return true
}

const longer = (known: Legend, come: Legend): Legend => ({
  lanes: come.lanes.length >= known.lanes.length ? come.lanes : known.lanes,
  actors: come.actors.length >= known.actors.length ? come.actors : known.actors,
  types: come.types.length >= known.types.length ? come.types : known.types
})
