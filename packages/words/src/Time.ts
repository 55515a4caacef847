/** Moments for people: ISO 8601 in UTC, and how far away. */
import type { Instant } from "@daybook/pool/Instant"

/** `2026-11-22T10:00:00Z` */
export const absolute = (instant: Instant): string => new Date(instant).toISOString().replace(/\.\d{3}Z$/, "Z")

/** `2026-12-20 (in 22 d)` */
export const day = (instant: Instant, now: Instant): string =>
  `${absolute(instant).slice(0, 10)} (${relative(instant, now)})`

/** `in 5 min`, `3 h ago`, `now`. */
export const relative = (instant: Instant, now: Instant): string => {
  const distance = span(Math.abs(instant - now))
  if (distance === undefined) return "now"
  return instant > now ? `in ${distance}` : `${distance} ago`
}

/** `2026-11-22T10:00:00Z (in 5 min)` */
export const moment = (instant: Instant, now: Instant): string => `${absolute(instant)} (${relative(instant, now)})`

const units = [
  { name: "d", millis: 86_400_000 },
  { name: "h", millis: 3_600_000 },
  { name: "min", millis: 60_000 },
  { name: "s", millis: 1_000 }
]

/** `5 min`; nothing if it is less than a second. */
export const span = (millis: number): string | undefined => {
  const unit = units.find((unit) => millis >= unit.millis)
  return unit === undefined ? undefined : `${Math.floor(millis / unit.millis)} ${unit.name}`
}
