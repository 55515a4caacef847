/**
 * A moment, in whole milliseconds since the epoch; an ISO 8601 string in UTC on disk.
 * Time is for people and for waiting; order is `Seq`.
 */
import { Schema, SchemaGetter } from "effect"

const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
const last = Date.UTC(9999, 11, 31)

export const Instant = Schema.String.check(Schema.isPattern(iso)).pipe(
  Schema.decodeTo(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: last })), {
    decode: SchemaGetter.transform((text) => Date.parse(text)),
    encode: SchemaGetter.transform((millis) => new Date(millis).toISOString())
  })
)
export type Instant = typeof Instant.Type

/** `2026-11-22T10:00:00.000Z` */
export const format = (instant: Instant): string => new Date(instant).toISOString()

/** The instant that a text names, several times faster than `Date.parse`; undefined if it does not name one plainly. */
export const read = (text: string): Instant | undefined => {
  const [month, day, hour] = [digits(text, 5), digits(text, 8), digits(text, 11)]
  const [minute, second, tens] = [digits(text, 14), digits(text, 17), digits(text, 20)]
  const days = dayNumber(digits(text, 0) * 100 + digits(text, 2), month, day)
  const instant = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + tens * 10 + digit(text, 22)
  const isPlain = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 60
  return isPlain && hasSigns(text) && instant >= 0 && instant <= last ? instant : undefined
}

const hasSigns = (text: string): boolean =>
  text.length === 24 &&
  text[4] === "-" &&
  text[7] === "-" &&
  text[10] === "T" &&
  text[13] === ":" &&
  text[16] === ":" &&
  text[19] === "." &&
  text[23] === "Z"

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

const digits = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1)

/** Days since the epoch, counted in years that begin in March. */
const dayNumber = (year: number, month: number, day: number): number => {
  const isEarly = month < 3
  const years = isEarly ? year - 1 : year
  const months = isEarly ? month + 9 : month - 3
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((months * 153 + 2) / 5) + day - 719_469
}
