/**
 * When a provider says one may come again, as it said it: in the body, in `Retry-After` (RFC 9110 section 10.2.3), in
 * quota windows and rate-limit headers, in words; the first of these that says anything counts.
 */
import { DateTime, Duration, Result } from "effect"
import * as Headers from "effect/http/Headers"
import type { Instant } from "@daybook/pool/Instant"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import { isUsedUp } from "@daybook/pool/QuotaWindow"
import { clockTimeIn } from "./ClockTime.ts"
import { instantIn, isObject, type JsonObject, textIn } from "./Json.ts"
import { after, endIn, momentIn, secondsAfter, spanAfter } from "./Moment.ts"
import { spanAt } from "./Span.ts"

export type HeaderFields = Readonly<Record<string, string | undefined>>

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
  ["quotaResetTimeStamp", moment],
  ["resets_in_seconds", secondsAfter],
  ["retry_after", secondsAfter],
  ["retry_after", retryAfter],
  ["retryDelay", spanAfter],
  ["quotaResetDelay", spanAfter]
]

/** Google puts it into one of `error.details`, or into that one's `metadata`. */
const placesIn = (body: JsonObject): ReadonlyArray<JsonObject> => {
  const error = isObject(body["error"]) ? body["error"] : {}
  const details = Array.isArray(error["details"]) ? error["details"].filter(isObject) : []
  return [error, body, ...details, ...details.map((detail) => detail["metadata"]).filter(isObject)]
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
  "anthropic-ratelimit-tokens-reset",
  "anthropic-ratelimit-input-tokens-reset",
  "anthropic-ratelimit-output-tokens-reset",
  "anthropic-ratelimit-unified-reset"
]

/** Sent with every answer, so they mean something only with a 429; every limit that was hit must be free again. */
const inLimits = (headers: HeaderFields, windows: ReadonlyArray<QuotaWindow>, now: Instant): Instant | undefined =>
  latest(windows.filter(isUsedUp).map(({ resetsAt }) => resetsAt)) ??
  latest(limitHeaders.map((name) => endIn(now, headers[name])))

const latest = (instants: ReadonlyArray<Instant | undefined>): Instant | undefined => {
  const known = instants.filter((instant) => instant !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** OpenAI's own clients read it, beside the standard field. */
const retryAfterMillis = (now: Instant, value: string | undefined): Instant | undefined =>
  value !== undefined && /^\d{1,9}(?:\.\d+)?$/.test(value) ? after(now, Number(value)) : undefined

const introduction = /\b(?:again|retry|resets?|reset|available|quotaResetDelay)\W{1,3}(?:(?:after|in)\s+)?~?(?=\d)/i
const secondsMember = /\bresets_in_seconds\W{1,4}(\d{1,9})\b/i

/** A length of time, `resets_in_seconds`, or a time of day with its zone. */
const inWords = (message: string | undefined, now: Instant): Instant | undefined => {
  const text = message?.slice(0, 2000) ?? ""
  const found = introduction.exec(text)
  return (
    (found === null ? undefined : after(now, spanAt(text, found.index + found[0].length))) ??
    secondsAfter(now, secondsMember.exec(text)?.[1]) ??
    clockTimeIn(text, now)
  )
}

export const resetTime = (
  answer: {
    readonly status: number
    readonly headers: HeaderFields
    readonly body: JsonObject
    readonly message: string | undefined
    readonly windows: ReadonlyArray<QuotaWindow>
  },
  now: Instant
): Instant | undefined =>
  inBody(answer.body, now) ??
  retryAfterMillis(now, answer.headers["retry-after-ms"]) ??
  retryAfter(now, answer.headers["retry-after"]) ??
  (answer.status === 429 ? inLimits(answer.headers, answer.windows, now) : undefined) ??
  inWords(answer.message, now)
