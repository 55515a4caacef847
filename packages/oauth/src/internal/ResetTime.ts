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
import { instantIn, isObject, type JsonObject, numberIn, textIn } from "./Json.ts"
import { after, endIn, justPassed, momentIn, secondsAfter, spanAfter } from "./Moment.ts"
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

type Found = ReadonlyArray<Instant | undefined>

const inBody = (body: JsonObject, now: Instant): Found =>
  placesIn(body).flatMap((place) => members.map(([name, read]) => read(now, place[name])))

/** Where a limit says when it is free again, and where it says how much of it is left. */
const limitHeaders: ReadonlyArray<readonly [reset: string, remaining: string]> = [
  ["x-ratelimit-reset", "x-ratelimit-remaining"],
  ["x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"],
  ["x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"],
  ["anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"],
  ["anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining"],
  ["anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining"],
  ["anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining"]
]

/**
 * Sent with every answer, so they mean something only when a limit was hit, and only those of which nothing is left.
 * Under 403, as GitHub answers, a limit must say that itself.
 */
const inLimits = (status: number, headers: HeaderFields, now: Instant): Instant | undefined => {
  const isHit = (remaining: string | undefined) =>
    status === 429 ? remaining === undefined || numberIn(remaining) === 0 : status === 403 && numberIn(remaining) === 0
  const hit = limitHeaders.filter(([, remaining]) => isHit(headers[remaining]))
  return latest(hit.map(([reset]) => endIn(now, headers[reset])))
}

/** The plan's own reset, if it is the plan that said no. */
const inPlan = (status: number, headers: HeaderFields, windows: ReadonlyArray<QuotaWindow>): Instant | undefined => {
  if (status !== 429) return undefined
  const used = latest(windows.filter(isUsedUp).map(({ resetsAt }) => resetsAt))
  const isRejected = (headers["anthropic-ratelimit-unified-status"] ?? "rejected") === "rejected"
  return used ?? (isRejected ? momentIn(headers["anthropic-ratelimit-unified-reset"]) : undefined)
}

const latest = (instants: Found): Instant | undefined => {
  const known = instants.filter((instant) => instant !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** OpenAI's own clients read it, beside the standard field. */
const retryAfterMillis = (now: Instant, value: string | undefined): Instant | undefined =>
  value !== undefined && /^\d{1,9}(?:\.\d+)?$/.test(value) ? after(now, Number(value)) : undefined

const introduction = /\b(?:again|retry|resets?|reset|available|quotaResetDelay)\W{1,3}(?:(?:after|in)\s+)?~?(?=\d)/i
const secondsMember = /\bresets_in_seconds\W{1,4}(\d{1,9})\b/i

const accessAgain = /\baccess on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC\b/

/** A length of time, `resets_in_seconds`, a date in UTC, or a time of day with its zone. */
const inWords = (message: string | undefined, now: Instant): Found => {
  const text = message?.slice(0, 2000) ?? ""
  const found = introduction.exec(text)
  const [, date, time] = accessAgain.exec(text) ?? []
  return [
    found === null ? undefined : after(now, spanAt(text, found.index + found[0].length)),
    secondsAfter(now, secondsMember.exec(text)?.[1]),
    date === undefined ? undefined : momentIn(`${date}T${time}:00Z`),
    clockTimeIn(text, now)
  ]
}

/** The first that lies ahead; else, if one has only just passed, that one. */
export const resetTime = (
  answer: {
    readonly status: number
    readonly headers: HeaderFields
    readonly body: JsonObject
    readonly message: string | undefined
    readonly windows: ReadonlyArray<QuotaWindow>
  },
  now: Instant
): Instant | undefined => {
  const { headers, status } = answer
  const found = [
    ...inBody(answer.body, now),
    retryAfterMillis(now, headers["retry-after-ms"]),
    retryAfter(now, headers["retry-after"]),
    inPlan(status, headers, answer.windows),
    ...inWords(answer.message, now),
    inLimits(status, headers, now)
  ].filter((instant) => instant !== undefined)
  return found.find((instant) => instant > now) ?? found.find((instant) => instant > now - justPassed)
}
