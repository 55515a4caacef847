/** Instants as providers write them: as such, or as a length of time from now. */
import type { Instant } from "@daybook/pool/Instant"
import { instantIn, numberIn, textIn } from "./Json.ts"
import { spanAt } from "./Span.ts"

/** A smaller number is a length of time: the epoch's first billion seconds ended in 2001. */
const leastEpochSeconds = 1e9

/** So long after its time a moment still means "now": the answer was on its way. */
export const justPassed = 60_000

/** Epoch seconds, epoch milliseconds (above 1e12), or a date in ISO 8601. */
export const momentIn = (value: unknown): Instant | undefined => {
  const number = numberIn(value)
  if (number !== undefined) {
    return number < leastEpochSeconds ? undefined : instantIn(number > 1e12 ? number : number * 1000)
  }
  const text = textIn(value)
  return text !== undefined && /^\d{4}-\d{2}-\d{2}T/.test(text) ? instantIn(Date.parse(withZone(text))) : undefined
}

/** A time without a zone is meant in UTC, wherever this process runs. */
const withZone = (text: string): string => (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`)

export const after = (now: Instant, millis: number | undefined): Instant | undefined =>
  millis === undefined || millis < 0 ? undefined : instantIn(now + millis)

export const secondsAfter = (now: Instant, value: unknown): Instant | undefined => {
  const seconds = numberIn(value)
  return seconds === undefined || seconds >= leastEpochSeconds ? undefined : after(now, seconds * 1000)
}

/** `6m0s`, `39.5s`. */
export const spanAfter = (now: Instant, value: unknown): Instant | undefined => {
  const text = textIn(value)
  return text === undefined ? undefined : after(now, spanAt(text))
}

/** An instant, or a length of time: with a unit, or as bare seconds. */
export const endIn = (now: Instant, value: unknown): Instant | undefined =>
  momentIn(value) ?? spanAfter(now, value) ?? secondsAfter(now, value)
