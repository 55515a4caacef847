/**
 * What is left to draw of a lane at one width: a ledger may hold a thousand events under one pixel. The worst of them is
 * shown, so nothing that a person looks for goes under. Slots are counted from 1970, so nothing flickers while one pans.
 */
import { type BandWord, bandWords, type MarkKind, markKinds } from "../Picture.ts"
import type { Coming, LaneBands } from "./BandColumns.ts"
import type { Deque } from "./Deque.ts"
import { heaviestOf } from "./Heaviest.ts"
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

/** What an event that the filter keeps weighs more than one that it does not. */
const kept = 100

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
  const [seqs, times, kinds] = [marks.array, time.array, mark.array] // what all kinds of arrays go through is slow
  const placeOf = (index: number) => seqs[marks.start + index]! - first
  const timeAt = (index: number) => times[time.start + placeOf(index)]!
  const weigh = (index: number) => {
    const place = placeOf(index)
    return markWeight[kinds[mark.start + place]!]! + (mask === undefined || mask[place] === 1 ? kept : 0)
  }
  const heaviest = heaviestOf(marks, mask, weigh)
  const thin: Array<ThinMark> = []
  let index = marks.lowerBound(first + time.lowerBound(view.from - slot))
  while (index < marks.length && timeAt(index) <= view.to + slot) {
    const end = (Math.floor(timeAt(index) / slot) + 1) * slot
    const behind = leap(index + 1, marks.length, (index) => timeAt(index) >= end)
    const worst = heaviest.in(index, behind, weigh)
    thin.push({ seq: marks.get(worst), time: timeAt(worst), count: behind - index, isFaint: weigh(worst) < kept })
    index = behind
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
  const scale = width / lengthOf(view)
  const pixelAt = (time: number) => Math.max(0, Math.floor((time - view.from) * scale))
  const { since, word } = bands
  const [instants, words] = [since.array, word.array]
  const begin = (index: number) => pixelAt(instants[since.start + index]!)
  const weigh = (index: number) => weightOf(words[word.start + index]!)
  const heaviest = heaviestOf(word, undefined, weigh)
  const end = coming.since[0] ?? Infinity
  const first = Math.max(0, since.upperBound(view.from) - 1)
  for (let index = end > view.from ? first : since.length; index < since.length;) {
    const from = begin(index)
    if (from >= width) break
    const behind = leap(index + 1, since.length, (index) => begin(index) > from)
    paint(pixels, from, from + 1, weigh(heaviest.in(index, behind, weigh)))
    paint(pixels, from + 1, behind < since.length ? begin(behind) : pixelAt(end), weigh(behind - 1))
    index = behind
  }
  coming.since.forEach((instant, place) => {
    const until = coming.since[place + 1] ?? Infinity
    const from = pixelAt(instant)
    if (until > view.from) paint(pixels, from, Math.max(from + 1, pixelAt(until)), weightOf(coming.word[place]!))
  })
  return runs(pixels)
}

/** Nothing where it was not in the pool. */
const weightOf = (word: number): number => wordWeight[word] ?? 0

const paint = (pixels: Uint8Array, from: number, to: number, weight: number): void => {
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
  const { time } = picture.events
  const [numbers, times] = [seqs.array, time.array]
  const timeAt = (index: number) => times[time.start + numbers[seqs.start + index]! - picture.first]!
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
