/**
 * What opening a pool does: says by which policy it decides, enrols what the stores show, and begins to watch.
 */
import type { LockError } from "@daybook/files/LockError"
import { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { Policy } from "@daybook/pool/Policy"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { StoreError } from "@daybook/vault/StoreError"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import { hash } from "node:crypto"
import { takeStock } from "./Enrolment.ts"
import { record } from "./GrantState.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import * as Watcher from "./Watcher.ts"

export type OpenError = AppendError | LedgerError | LockError | RefreshError

/** Stores that could not be read when the pool was opened. The others are open all the same. */
export class StoreProblems extends Context.Service<StoreProblems, ReadonlyArray<StoreError>>()(
  "@daybook/refresher/StoreProblems"
) {}

export const layer = (home: string) =>
  Layer.merge(
    Watcher.layer(home),
    Layer.effect(
      StoreProblems,
      Effect.andThen(Effect.andThen(applyPolicy, sweepQuarantine), Effect.uninterruptible(takeStock(home, "reload")))
    )
  )

/** Dead pairs are kept for a month. */
const sweepQuarantine = Effect.gen(function* () {
  const quarantine = yield* Quarantine
  yield* Effect.ignore(quarantine.sweep(yield* Clock.currentTimeMillis))
})

/** Once per actor: decisions in the ledger belong to the last policy that their actor recorded. */
const applyPolicy = Effect.gen(function* () {
  const policy = yield* PoolPolicy
  const ledger = yield* Ledger
  const encoded = JSON.stringify(Schema.encodeSync(Policy)(policy))
  yield* record({ type: "PolicyApplied", v: 1, data: { policy, hash: hash("sha256", encoded, "base64url") } })
  return ledger
})
