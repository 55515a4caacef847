/**
 * What is known of the ledger so far, made of pieces that come in any order. A picture is a value: `with` gives the next
 * one, which shares its columns. Time never runs backwards in it: an event stands where the clocks had got to.
 */
import type { ActorName, BandWord, Lane, Legend, MarkKind, Piece } from "../Picture.ts"
import type { Cursor } from "../Questions.ts"

export declare class Picture {
  static readonly empty: Picture
  with(piece: Piece): Picture

  /** Numbers of the oldest and the newest event; 0 and 0 when there is none. */
  readonly first: number
  readonly last: number
  readonly count: number
  readonly legend: Legend
  /** Places of the lanes in the legend, by provider, then by what they are called. */
  readonly lanes: ReadonlyArray<number>
  /** From the first event to the last one, in milliseconds; undefined when there is none. */
  get span(): { readonly from: number; readonly to: number } | undefined

  has(seq: number): boolean
  /** As its actor wrote it. */
  at(seq: number): number
  /** Where it is drawn: never before an earlier event. */
  time(seq: number): number
  type(seq: number): string
  mark(seq: number): MarkKind
  lane(seq: number): Lane | undefined
  actor(seq: number): ActorName | undefined
  /** Number of the event that led to it, if this picture has it. */
  cause(seq: number): number | undefined
  /** How a lane (by its place in the legend) stood at an instant; undefined when it was not in the pool. */
  word(lane: number, time: number): BandWord | undefined

  /** The last event that is not after an instant; the first one when all are. */
  seqAt(time: number): number
  /** A cursor on an event. */
  cursorOn(seq: number): Cursor
  /** Where a cursor stands; the live end without one. */
  instant(cursor: Cursor | undefined): number
  next(seq: number): number | undefined
  previous(seq: number): number | undefined
  nextFailure(seq: number): number | undefined
  previousFailure(seq: number): number | undefined
}

/** What people call it: its label, else its id. */
export declare const nameOf: (lane: Lane) => string
