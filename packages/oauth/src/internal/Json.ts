/** Looking into JSON that somebody else wrote. Nothing here throws. */
import { Result } from "effect"
import type { Instant } from "@daybook/pool/Instant"

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A string with something in it; providers send `""` and `null` where they mean nothing. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined

/** A finite number, also when it was sent as a string. */
export const numberIn = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

/** The value at the end of these names; nothing where one of them leads nowhere. */
export const valueAt = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (place, name) => (isObject(place) && Object.hasOwn(place, name) ? place[name] : undefined),
    value
  )

const lastInstant = Date.UTC(9999, 11, 31)

/** Milliseconds since the epoch as an instant, if they are one that can be written down. */
export const instantIn = (millis: number | undefined): Instant | undefined =>
  millis !== undefined && millis >= 0 && millis <= lastInstant ? Math.floor(millis) : undefined

export const parseJson = (text: string): Result.Result<unknown, unknown> =>
  Result.try((): unknown => JSON.parse(text.replace(/^\uFEFF/, "")))
