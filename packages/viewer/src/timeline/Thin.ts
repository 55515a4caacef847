/**
 * What is left to draw of a lane at one width: a ledger may hold a thousand events under one pixel. The worst of them is
 * shown, so nothing that a person looks for goes under. Slots are counted from 1970, so nothing flickers while one pans.
 */
import { type BandWord, bandWords, type MarkKind, markKinds } from "../Picture.ts"
import { type Coming, type LaneBands, notThere } from "./BandColumns.ts"
import type { Deque } from "./Deque.ts"
import type { Picture } from "./Picture.ts"
import { lengthOf, type Span } from "./Span.ts"

/** From the mildest to the worst. */
export const marksByWeight: ReadonlyArray<MarkKind> = [
  "none",
  "refresh",
  "operator",
  "lifted",
  "bench",
  "race",
  "unknown",
  "refusal",
  "failure",
  "lost",
  "quarantine"
]
const wordsByWeight: ReadonlyArray<BandWord> = ["ok", "paused", "refreshing", "cooling", "suspect", "dead"]

const markWeight = markKinds.map((kind) => marksByWeight.indexOf(kind))
/** One more, so that 0 is left for nothing. */
const wordWeight = bandWords.map((word) => wordsByWeight.indexOf(word) + 1)

/** Marks are drawn this far apart, in pixels. */
export const slotWidth = 8

export interface ThinMark {
  /** The worst of the slot, and of those the newest. */
  readonly seq: number
  readonly time: number
  /** How many events it stands for. */
  readonly count: number
  /** The filter keeps none of them. */
  readonly isFaint: boolean
}

/** 1 for each event of the picture that the filter keeps. */
export type Mask = Uint8Array | undefined

export const maskOf = (picture: Picture, shown: ReadonlySet<number> | undefined): Mask => {
  if (shown === undefined) return undefined
  const mask = new Uint8Array(picture.count)
  for (const seq of shown) if (picture.has(seq)) mask[seq - picture.first] = 1
  return mask
}

/** The marks of a lane in view, in order of time. A mark that the filter keeps goes before one that it does not. */
export const thinMarks = (
  picture: Picture,
  marks: Deque<Uint32Array> | undefined,
  view: Span,
  width: number,
  mask: Mask
): ReadonlyArray<ThinMark> => {
  if (marks === undefined || width <= 0) return []
  const { first } = picture
  const slot = (lengthOf(view) / width) * slotWidth
  const { time, mark } = picture.events
  const thin: Array<ThinMark> = []
  let index = marks.lowerBound(first + time.lowerBound(view.from - slot))
  while (index < marks.length) {
    const start = time.get(marks.get(index) - first)
    if (start > view.to + slot) break
    const end = (Math.floor(start / slot) + 1) * slot
    let worst = marks.get(index)
    let weight = -1
    let count = 0
    for (; index < marks.length; index += 1) {
      const seq = marks.get(index)
      if (count > 0 && time.get(seq - first) >= end) break
      const own = markWeight[mark.get(seq - first)]! + (mask === undefined || mask[seq - first] === 1 ? 100 : 0)
      if (own >= weight) [worst, weight] = [seq, own]
      count += 1
    }
    thin.push({ seq: worst, time: time.get(worst - first), count, isFaint: weight < 100 })
  }
  return thin
}

export interface ThinBand {
  /** In pixels. */
  readonly from: number
  readonly to: number
  readonly word: BandWord
}

/** The bands of a lane in view, to whole pixels; the worst of those that share one. */
export const thinBands = (
  bands: LaneBands | undefined,
  view: Span,
  width: number,
  coming: Coming = { since: [], word: [] }
): ReadonlyArray<ThinBand> => {
  if (bands === undefined) return []
  const pixels = new Uint8Array(width)
  const x = (time: number): number => (time - view.from) * (width / lengthOf(view))
  const { since, word } = bands
  const draw = (begin: number, end: number, word: number): void => {
    const from = Math.max(0, Math.floor(x(begin)))
    if (end > view.from && word !== notThere) paint(pixels, from, Math.max(from + 1, Math.floor(x(end))), word)
  }
  for (let index = Math.max(0, since.upperBound(view.from) - 1); index < since.length; index += 1) {
    if (since.get(index) > view.to) break
    const isLast = index + 1 === since.length
    draw(since.get(index), isLast ? (coming.since[0] ?? Infinity) : since.get(index + 1), word.get(index))
  }
  coming.since.forEach((begin, place) => draw(begin, coming.since[place + 1] ?? Infinity, coming.word[place]!))
  return runs(pixels)
}

const paint = (pixels: Uint8Array, from: number, to: number, word: number): void => {
  const weight = wordWeight[word]!
  for (let pixel = from; pixel < Math.min(to, pixels.length); pixel += 1) {
    if (pixels[pixel]! < weight) pixels[pixel] = weight
  }
}

const runs = (pixels: Uint8Array): ReadonlyArray<ThinBand> => {
  const bands: Array<ThinBand> = []
  let from = 0
  for (let pixel = 1; pixel <= pixels.length; pixel += 1) {
    if (pixels[pixel] === pixels[from]) continue
    if (pixels[from]! > 0) bands.push({ from, to: pixel, word: wordsByWeight[pixels[from]! - 1]! })
    from = pixel
  }
  return bands
}

export interface ThinTicks {
  /** In whole pixels. */
  readonly from: number
  readonly to: number
}

/** Stretches of pixels that each have at least one of the events. It leaps from pixel to pixel, however many there are. */
export const thinTicks = (
  picture: Picture,
  seqs: Deque<Uint32Array> | undefined,
  view: Span,
  width: number
): ReadonlyArray<ThinTicks> => {
  if (seqs === undefined) return []
  const step = lengthOf(view) / width
  const timeAt = (index: number) => picture.time(seqs.get(index))
  const ticks: Array<{ from: number; to: number }> = []
  let index = seqs.lowerBound(picture.first + picture.events.time.lowerBound(view.from))
  while (index < seqs.length) {
    const pixel = Math.floor((timeAt(index) - view.from) / step)
    if (pixel >= width) break
    const last = ticks.at(-1)
    if (last !== undefined && last.to >= pixel) last.to = pixel + 1
    else ticks.push({ from: pixel, to: pixel + 1 })
    index = leap(index + 1, seqs.length, (index) => timeAt(index) >= view.from + (pixel + 1) * step)
  }
  return ticks
}

/** The first index from a start on that is far enough; it is mostly near, so the strides begin small. */
const leap = (start: number, end: number, isFar: (index: number) => boolean): number => {
  let stride = 1
  while (start + stride < end && !isFar(start + stride)) stride *= 2
  let low = start + (stride >>> 1)
  let high = Math.min(start + stride, end)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isFar(middle)) high = middle
    else low = middle + 1
  }
  return low
}
