/** The numbers of the events that the table lists: all of them, or those that match. */
import { placeOf } from "../Travel.ts"

export interface Numbers {
  readonly count: number
  readonly seqAt: (place: number) => number
  /** Place of an event, or of the last one before it. */
  readonly placeOf: (seq: number) => number
}

export const allFrom = (first: number, last: number): Numbers => ({
  count: Math.max(last - first + 1, 0),
  seqAt: (place) => first + place,
  placeOf: (seq) => clamp(seq - first, last - first)
})

export const only = (matches: Float64Array): Numbers => ({
  count: matches.length,
  seqAt: (place) => matches[place] ?? 0,
  placeOf: (seq) => clamp(placeOf(matches, seq + 1) - 1, matches.length - 1)
})

const clamp = (place: number, most: number): number => Math.max(0, Math.min(place, most))

/** Browsers draw no element taller than some 16 million pixels: of more rows, those around one are shown. */
export const mostRows = 400_000

/** A part of at most `mostRows` that has the place in it, and moves in large steps only. */
export const partAround = (count: number, place: number): { readonly base: number; readonly count: number } => {
  if (count <= mostRows) return { base: 0, count }
  const half = mostRows / 2
  const base = clamp(Math.round(place / half) * half - half, count - mostRows)
  return { base, count: mostRows }
}
