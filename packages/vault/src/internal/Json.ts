/** Edits of parsed JSON that keep every other field, and the order of fields. */
import { Predicate } from "effect"

export type Json = { readonly [key: string]: unknown }

/** What the file says, and not what every JavaScript object has. */
export const ownMember = (json: Json, key: string): unknown => (Object.hasOwn(json, key) ? json[key] : undefined)

/** The object at a place that may also be missing or null. */
export const objectAt = (json: Json, key: string): Json => {
  const value = ownMember(json, key)
  return Predicate.isObject(value) ? value : {}
}

/** Sets these fields where they are, or at the end; `undefined` removes one. */
export const patch = (json: Json, fields: Json): Json =>
  Object.fromEntries(Object.entries({ ...json, ...fields }).filter(([, value]) => value !== undefined))

/** Replaces the object at `key`. */
export const edit = (json: Json, key: string, change: (object: Json) => Json): Json =>
  patch(json, { [key]: change(objectAt(json, key)) })
