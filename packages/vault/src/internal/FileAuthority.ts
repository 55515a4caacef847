/** `read`, `store` and `clear` over one slot of a JSON file, the same for every file format. */
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Clock, Effect, Option, Result } from "effect"
import { type Authority, type Cleared, type Note, notCleared, type Stored, successor } from "../Authority.ts"
import { type Flaw, StoreError, type StoreOperation } from "../StoreError.ts"
import type { Json } from "./Json.ts"
import * as JsonFile from "./JsonFile.ts"
import type { JsonText } from "./JsonText.ts"
import * as StoreErrors from "./StoreErrors.ts"

export interface Slot {
  readonly tokens: TokenSet
  /** Nothing if there is no place to store to, because the login was removed. */
  readonly stored: (tokens: TokenSet, now: Instant) => Json | undefined
  readonly cleared: (note: Note, now: Instant) => { readonly json: Json; readonly removed: ReadonlyArray<string> }
}

/** Finds the slot in a file's content; none: there is no file. */
export type FindSlot = (document: Option.Option<JsonText>) => Result.Result<Slot, Flaw>

type Operations = Pick<Authority, "read" | "store" | "clear">

export const make = (path: string, findSlot: FindSlot): Operations => ({
  read: Effect.map(open(path, "read", findSlot), ({ slot }) => slot.tokens),
  store: (next, replaces) => JsonFile.keepingCorrupt(store(path, findSlot, next, replaces)),
  clear: (isDead, note) => JsonFile.keepingCorrupt(clear(path, findSlot, isDead, note))
})

const open = Effect.fnUntraced(function* (
  path: string,
  operation: StoreOperation,
  findSlot: FindSlot
): Effect.fn.Return<{ readonly slot: Slot; readonly format: (json: Json) => string }, StoreError> {
  const document = yield* JsonFile.read(path, operation)
  const slot = findSlot(document)
  if (Result.isFailure(slot)) return yield* StoreErrors.corrupt(operation, path, slot.failure)
  return { slot: slot.success, format: Option.isSome(document) ? document.value.format : JsonFile.format }
})

const store = Effect.fnUntraced(function* (
  path: string,
  findSlot: FindSlot,
  next: TokenSet,
  replaces: (found: TokenSet) => boolean
): Effect.fn.Return<Stored, StoreError> {
  const { format, slot } = yield* open(path, "store", findSlot)
  if (!replaces(slot.tokens)) return { _tag: "Mismatch", found: slot.tokens }
  const now = yield* Clock.currentTimeMillis
  const json = slot.stored(successor(slot.tokens, next, now), now)
  if (json === undefined) {
    return yield* new StoreError({ operation: "store", path, reason: { _tag: "Unavailable", code: "NotFound" } })
  }
  yield* JsonFile.write(path, "store", format(json))
  return { _tag: "Stored" }
})

const clear = Effect.fnUntraced(function* (
  path: string,
  findSlot: FindSlot,
  isDead: (found: TokenSet) => boolean,
  note: Note
): Effect.fn.Return<Cleared, StoreError> {
  const { format, slot } = yield* open(path, "clear", findSlot)
  const refused = notCleared(slot.tokens, isDead)
  if (refused) return refused
  const { json, removed } = slot.cleared(note, yield* Clock.currentTimeMillis)
  yield* JsonFile.write(path, "clear", format(json))
  return { cleared: true, removed }
})
