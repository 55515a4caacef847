/**
 * Where logins stand in a JSON file: by names from the top, `*` for any. A place is called by its names with dots
 * between, `tokens` if it is the top; these names are recorded as slots and never change.
 */
import { Predicate, Result, Schema } from "effect"
import type { Flaw } from "../StoreError.ts"
import { decode } from "./Decode.ts"
import { type Json, ownMember } from "./Json.ts"

export interface Place {
  readonly slot: string
  readonly path: ReadonlyArray<string>
  readonly value: unknown
}

type Names = ReadonlyArray<string>

/** Those that are there; null is nothing. Fails where something else than an object stands on the way. */
export const placesIn = (value: unknown, at: Names): Result.Result<ReadonlyArray<Place>, Flaw> => below(value, at, [])

const below = (value: unknown, at: Names, path: Names): Result.Result<ReadonlyArray<Place>, Flaw> =>
  Result.gen(function* () {
    const [name, ...rest] = at
    if (name === undefined) return [{ slot: slotAt(path), path, value }]
    const object = yield* asObject(value, path)
    const names = name === "*" ? Object.keys(object) : [name]
    if (name === "*" && names.some(isPrivate)) return yield* Result.fail({ why: private_, field: slotAt(path) })
    const children = names.map((name) => ({ path: [...path, name], value: ownMember(object, name) }))
    const wanted = children.filter(({ value }) =>
      name === "*" && rest.length > 0 ? Predicate.isObject(value) : Predicate.isNotNullish(value)
    )
    const found = yield* Result.all(wanted.map(({ path, value }) => below(value, rest, path)))
    return found.flat()
  })

/** A slot is recorded in clear. */
const isPrivate = (name: string): boolean => name.includes("@") || name.length > 200

const private_ = "its logins are named by addresses, or by very long names, and those are not recorded"

/** The object at a place. A list is none. */
export const asObject = (value: unknown, path: Names): Result.Result<Json, Flaw> => decode(AnyObject, value, path)

const AnyObject = Schema.Record(Schema.String, Schema.Unknown)

const slotAt = (path: Names): string => (path.length === 0 ? "tokens" : path.join("."))

/** Whether the slot is one of these places', there or not. */
export const isSlotAt = (slot: string, at: Names): boolean => {
  const star = at.indexOf("*")
  if (star < 0) return slot === slotAt(at)
  const before = at
    .slice(0, star)
    .map((name) => `${name}.`)
    .join("")
  const after = at
    .slice(star + 1)
    .map((name) => `.${name}`)
    .join("")
  return slot.length >= before.length + after.length && slot.startsWith(before) && slot.endsWith(after)
}
