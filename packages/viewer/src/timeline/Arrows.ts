/** Which arrows from a cause to its effect are worth drawing: those of what is selected, and all while they are few. */
import type { Picture } from "./Picture.ts"
import type { Span } from "./Span.ts"

export interface Arrow {
  readonly cause: number
  readonly effect: number
  /** It belongs to the selected event. */
  readonly isChosen: boolean
}

/** More than this many are a thicket. */
const few = 60
/** Of a lane, arrows are looked for among so many events. */
const mostEvents = 20_000
const most = 300

/** The way from the root to an event, and all that came of it. */
export const arrowsOfEvent = (picture: Picture, seq: number): ReadonlyArray<Arrow> => {
  if (!picture.has(seq)) return []
  return [...causesOf(picture, seq), ...effectsOf(picture, seq)].map((arrow) => ({ ...arrow, isChosen: true }))
}

const causesOf = (picture: Picture, seq: number) => {
  const arrows: Array<{ cause: number; effect: number }> = []
  let effect = seq
  for (let cause = picture.cause(effect); cause !== undefined && cause < effect; cause = picture.cause(effect)) {
    arrows.push({ cause, effect })
    effect = cause
    if (arrows.length === most) break
  }
  return arrows
}

const effectsOf = (picture: Picture, seq: number) => {
  const reached = new Set([seq])
  const arrows: Array<{ cause: number; effect: number }> = []
  const { cause: causes } = picture.events
  for (let index = seq - picture.first + 1; index < picture.count && arrows.length < most; index += 1) {
    const cause = causes.get(index)
    if (cause < seq || !reached.has(cause)) continue
    reached.add(picture.first + index)
    arrows.push({ cause, effect: picture.first + index })
  }
  return arrows
}

/** Arrows that end in view, of one lane or of all; none when there are too many of them. */
export const arrowsInView = (picture: Picture, view: Span, lane: number | undefined): ReadonlyArray<Arrow> => {
  const arrows: Array<Arrow> = []
  const { time } = picture.events
  const [start, end] = [time.lowerBound(view.from), time.upperBound(view.to)].map((index) => picture.first + index)
  if (end! - start! > mostEvents) return []
  for (let seq = start!; seq < end!; seq += 1) {
    const cause = picture.cause(seq)
    if (cause === undefined) continue
    const touches = lane === undefined || picture.laneIndex(seq) === lane || picture.laneIndex(cause) === lane
    if (!touches) continue
    arrows.push({ cause, effect: seq, isChosen: lane !== undefined })
    if (arrows.length > (lane === undefined ? few : most)) return []
  }
  return arrows
}
