/**
 * A moment, in whole milliseconds since the epoch; an ISO 8601 string in UTC on disk.
 * Time is for people and for waiting; order is `Seq`.
 */
import { Schema, SchemaGetter } from "effect"

const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

export const Instant = Schema.String.check(Schema.isPattern(iso)).pipe(
  Schema.decodeTo(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Date.UTC(9999, 11, 31) })), {
    decode: SchemaGetter.transform((text) => Date.parse(text)),
    encode: SchemaGetter.transform((millis) => new Date(millis).toISOString())
  })
)
export type Instant = typeof Instant.Type

/** `2026-11-22T10:00:00.000Z` */
export const format = (instant: Instant): string => new Date(instant).toISOString()
