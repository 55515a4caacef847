/**
 * Which arrows from a cause to its effect are worth drawing: those of what is selected, the nearest of them if there are many,
 * and all while they are few.
 */
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
/** Among more events than this nobody looks for few arrows. */
const mostEvents = 20_000
const most = 300
/** Of a lane, arrows are looked for so many events away on either side. */
const mostLooks = 100_000

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

/** All arrows that end in view; none when there are too many of them. */
export const arrowsInView = (picture: Picture, view: Span): ReadonlyArray<Arrow> => {
  const { start, end } = eventsIn(picture, view)
  if (end - start > mostEvents) return []
  const arrows: Array<Arrow> = []
  for (let seq = start; seq < end; seq += 1) {
    const cause = picture.cause(seq)
    if (cause === undefined) continue
    arrows.push({ cause, effect: seq, isChosen: false })
    if (arrows.length > few) return []
  }
  return arrows
}

interface Chosen {
  readonly lane: number
  /** Of too many, those nearest to this event. Asked only then. */
  readonly near: () => number
  /** Within the lane nobody sees a shorter one, in milliseconds. */
  readonly shortest: number
}

/** Arrows that end in view, and begin or end in a lane. */
export const arrowsOfLane = (picture: Picture, view: Span, chosen: Chosen): ReadonlyArray<Arrow> => {
  const { start, end } = eventsIn(picture, view)
  const middle = end - start > mostEvents ? chosen.near() : start
  const found = nearestOf(picture, { start, end }, middle, chosen)
  const all =
    found.length < most || middle !== start ? found : nearestOf(picture, { start, end }, chosen.near(), chosen)
  return all.toSorted((one, other) => one.effect - other.effect)
}

interface Events {
  readonly start: number
  /** Not included. */
  readonly end: number
}

const eventsIn = (picture: Picture, view: Span): Events => {
  const { time } = picture.events
  return { start: picture.first + time.lowerBound(view.from), end: picture.first + time.upperBound(view.to) }
}

/** From an event outwards, on both sides in turn. */
const nearestOf = (picture: Picture, { start, end }: Events, near: number, chosen: Chosen): ReadonlyArray<Arrow> => {
  const arrows: Array<Arrow> = []
  const look = (seq: number): void => {
    const cause = seq < start || seq >= end || arrows.length === most ? undefined : picture.cause(seq)
    if (cause !== undefined && isSeen(picture, cause, seq, chosen)) arrows.push({ cause, effect: seq, isChosen: true })
  }
  const middle = Math.min(Math.max(near, start), end - 1)
  const farthest = Math.min(mostLooks, Math.max(middle - start, end - middle))
  look(middle)
  for (let away = 1; away <= farthest && arrows.length < most; away += 1) {
    look(middle - away)
    look(middle + away)
  }
  return arrows
}

const isSeen = (picture: Picture, cause: number, effect: number, { lane, shortest }: Chosen): boolean => {
  const [from, to] = [picture.laneIndex(cause), picture.laneIndex(effect)]
  if (from !== lane && to !== lane) return false
  return from !== to || picture.time(effect) - picture.time(cause) >= shortest
}
