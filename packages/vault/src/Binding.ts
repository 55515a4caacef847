/**
 * Which ledger may spend from a shared store: `<store>.daybook` beside it names the one that came first. Others may
 * only read, so that two ledgers never spend one token. There is no secret in it.
 */
import { LedgerId } from "@daybook/pool/Ids"
import { Effect, Option, Schema } from "effect"
import * as JsonFile from "./internal/JsonFile.ts"
import { StoreError } from "./StoreError.ts"

const Marker = Schema.Struct({ ledger: LedgerId, folder: Schema.NonEmptyString })

/** A ledger, and the folder that people know it by. */
export interface Owner {
  readonly id: LedgerId
  readonly folder: string
}

/** The ledger that the store is bound to, if any. */
export const ownerOf = (store: string): Effect.Effect<Option.Option<Owner>, StoreError> =>
  JsonFile.readAs(markerOf(store), "read", Marker).pipe(
    Effect.map(Option.map(({ folder, ledger }) => ({ id: ledger, folder })))
  )

/** Binds the store unless it is bound already. Only under the store's lock, which makes it exclusive. */
export const claim = Effect.fnUntraced(function* (store: string, ledger: Owner): Effect.fn.Return<void, StoreError> {
  const owner = yield* ownerOf(store)
  if (Option.isNone(owner)) return yield* bind(store, ledger)
  if (owner.value.id === ledger.id) return
  const { folder } = owner.value
  return yield* new StoreError({
    operation: "lock",
    path: store,
    reason: { _tag: "ReadOnly", why: whyNot(folder), owner: folder }
  })
})

/** Binds the store to this ledger, and answers whose it was before. Only under the store's lock. */
export const takeOver = Effect.fnUntraced(function* (
  store: string,
  ledger: Owner
): Effect.fn.Return<Option.Option<Owner>, StoreError> {
  const former = yield* ownerOf(store)
  yield* bind(store, ledger)
  return former
})

const bind = (store: string, ledger: Owner): Effect.Effect<void, StoreError> =>
  JsonFile.write(markerOf(store), "lock", JsonFile.format({ ledger: ledger.id, folder: ledger.folder }))

export const whyNot = (folder: string): string =>
  `it is bound to the ledger in ${folder}; use that home (\`--home\`, or \`openPool({ home })\`)`

const markerOf = (store: string): string => `${store}.daybook`
