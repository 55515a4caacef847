/** Moments as the page shows them: UTC, always. */
import { duration } from "@daybook/words/Duration"

/** `2026-11-22 10:00:00.123` */
export const moment = (millis: number): string => iso(millis).replace("T", " ").replace("Z", "")

/** `2026-11-22T10:00:00.123Z`; an empty text for what is no moment. */
export const iso = (millis: number): string => {
  const date = new Date(millis)
  return Number.isNaN(date.valueOf()) ? "" : date.toISOString()
}

/** `120 ms`, `6 h 5 min`; in one or two units. */
export const lasting = (millis: number): string =>
  Math.abs(millis) < 1_000 ? `${Math.round(Math.abs(millis))} ms` : duration(Math.abs(millis))

/** `+ 2 min`, between two steps. */
export const gap = (from: number, to: number): string =>
  to >= from ? `+ ${lasting(to - from)}` : `− ${lasting(to - from)}`
