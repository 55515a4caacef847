/**
 * When a provider says one may come again, as it said it: in the body, in `Retry-After` (RFC 9110 section 10.2.3),
 * in rate-limit headers, in words; the first of these that says anything counts.
 */
import { DateTime, Duration, Result } from "effect"
import * as Headers from "effect/http/Headers"
import type { Instant } from "@daybook/pool/Instant"
import { instantIn, isObject, type JsonObject, numberIn, textIn } from "./Json.ts"
import { spanAt } from "./Span.ts"

export type HeaderFields = Readonly<Record<string, string | undefined>>

/** Epoch seconds, epoch milliseconds (above 1e12), or a date in ISO 8601. */
const momentIn = (value: unknown): Instant | undefined => {
  const number = numberIn(value)
  if (number !== undefined) return number < 1e9 ? undefined : instantIn(number > 1e12 ? number : number * 1000)
  const text = textIn(value)
  return text !== undefined && /^\d{4}-\d{2}-\d{2}T/.test(text) ? instantIn(Date.parse(text)) : undefined
}

const after = (now: Instant, millis: number | undefined): Instant | undefined =>
  millis === undefined || millis < 0 ? undefined : instantIn(now + millis)

const secondsAfter = (now: Instant, value: unknown): Instant | undefined => {
  const seconds = numberIn(value)
  return seconds === undefined ? undefined : after(now, seconds * 1000)
}

const spanAfter = (now: Instant, value: unknown): Instant | undefined => {
  const text = textIn(value)
  return text === undefined ? undefined : after(now, spanAt(text))
}

const retryAfter = (now: Instant, value: unknown): Instant | undefined => {
  const text = textIn(value)
  const parsed = text === undefined ? undefined : Result.getOrUndefined(Headers.parseRetryAfter(text))
  if (parsed === undefined) return undefined
  return parsed._tag === "DateTime"
    ? instantIn(DateTime.toEpochMillis(parsed.dateTime))
    : after(now, Duration.toMillis(parsed.duration))
}

type Reader = (now: Instant, value: unknown) => Instant | undefined

const moment: Reader = (_now, value) => momentIn(value)

const members: ReadonlyArray<readonly [name: string, read: Reader]> = [
  ["resets_at", moment],
  ["reset_at", moment],
  ["retry_until", moment],
  ["resets_in_seconds", secondsAfter],
  ["retry_after", secondsAfter],
  ["retry_after", retryAfter],
  ["retryDelay", spanAfter]
]

/** Google puts it into one of `error.details`. */
const placesIn = (body: JsonObject): ReadonlyArray<JsonObject> => {
  const error = isObject(body["error"]) ? body["error"] : {}
  const details = Array.isArray(error["details"]) ? error["details"].filter(isObject) : []
  return [error, body, ...details]
}

const inBody = (body: JsonObject, now: Instant): Instant | undefined =>
  placesIn(body)
    .flatMap((place) => members.map(([name, read]) => read(now, place[name])))
    .find((instant) => instant !== undefined)

const limitHeaders: ReadonlyArray<string> = [
  "x-ratelimit-reset",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
  "anthropic-ratelimit-requests-reset",
  "anthropic-ratelimit-tokens-reset"
]

/** Sent with every answer, so they mean something only with a 429; every limit must be free again. */
const inLimitHeaders = (headers: HeaderFields, now: Instant): Instant | undefined => {
  const found = limitHeaders
    .map((name) => momentIn(headers[name]) ?? spanAfter(now, headers[name]) ?? secondsAfter(now, headers[name]))
    .filter((instant) => instant !== undefined)
  return found.length === 0 ? undefined : Math.max(...found)
}

const introduction = /\b(?:again|retry|resets?|available)\s+(?:after|in)\s+(?=\d)/i

const inWords = (message: string | undefined, now: Instant): Instant | undefined => {
  const text = message?.slice(0, 2000) ?? ""
  const found = introduction.exec(text)
  return found === null ? undefined : after(now, spanAt(text, found.index + found[0].length))
}

export const resetTime = (
  answer: {
    readonly status: number
    readonly headers: HeaderFields
    readonly body: JsonObject
    readonly message: string | undefined
  },
  now: Instant
): Instant | undefined =>
  inBody(answer.body, now) ??
  retryAfter(now, answer.headers["retry-after"]) ??
  (answer.status === 429 ? inLimitHeaders(answer.headers, now) : undefined) ??
  inWords(answer.message, now)
