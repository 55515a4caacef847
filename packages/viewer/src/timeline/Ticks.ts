/** Instants worth a line on the axis, and what they are called: UTC, from years to milliseconds. */
import { scaleUtc } from "d3-scale"
import { utcFormat } from "d3-time-format"
import { lengthOf, type Span } from "./Span.ts"

export interface Tick {
  readonly time: number
  readonly label: string
  /** Something greater begins: a day among hours, a year among months. */
  readonly isGreat: boolean
}

const perLabel = 90

export const ticksOf = (view: Span, width: number): ReadonlyArray<Tick> =>
  scaleUtc([view.from, view.to], [0, width])
    .ticks(Math.max(2, Math.floor(width / perLabel)))
    .map((date) => ({ time: date.getTime(), ...named(date, lengthOf(view)) }))

const year = utcFormat("%Y")
const month = utcFormat("%b")
const day = utcFormat("%b %-d")
const minute = utcFormat("%H:%M")
const second = utcFormat("%H:%M:%S")
const milli = utcFormat(".%L")

const named = (date: Date, length: number): Omit<Tick, "time"> => {
  if (date.getTime() % 1000 !== 0) return { label: milli(date), isGreat: false }
  if (date.getTime() % 60_000 !== 0) return { label: second(date), isGreat: length < 20_000 }
  if (date.getTime() % 86_400_000 !== 0) return { label: minute(date), isGreat: false }
  if (date.getUTCDate() !== 1) return { label: day(date), isGreat: length < 10 * 86_400_000 }
  return date.getUTCMonth() === 0 && length > 60 * 86_400_000
    ? { label: year(date), isGreat: true }
    : { label: length > 60 * 86_400_000 ? month(date) : day(date), isGreat: true }
}

const whenWhole = utcFormat("%Y-%m-%d %H:%M:%S")

/** `2026-11-22 10:00:00.250 UTC` */
export const instantText = (time: number): string => {
  const date = new Date(time)
  const millis = date.getTime() % 1000 === 0 ? "" : milli(date)
  return `${whenWhole(date)}${millis} UTC`
}

const lengths = [
  { name: "d", millis: 86_400_000 },
  { name: "h", millis: 3_600_000 },
  { name: "min", millis: 60_000 },
  { name: "s", millis: 1000 }
]

/** `2.5 d`, `40 min`, `12 ms`. */
export const lengthText = (millis: number): string => {
  const unit = lengths.find((unit) => millis >= unit.millis)
  if (unit === undefined) return `${Math.round(millis)} ms`
  const count = millis / unit.millis
  return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit.name}`
}
