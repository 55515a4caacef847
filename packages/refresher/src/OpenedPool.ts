/**
 * What opening a pool does: says by which policy it decides, enrols what the stores show, and begins to watch.
 */
import type { LockError } from "@daybook/files/LockError"
import { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { Policy } from "@daybook/pool/Policy"
import { grantById, members } from "@daybook/pool/PoolState"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Clock, Effect, Layer, Schema } from "effect"
import { hash } from "node:crypto"
import { takeStock } from "./Enrolment.ts"
import * as EventFeed from "./EventFeed.ts"
import { finishLogins } from "./FinishLogins.ts"
import { record } from "./GrantState.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { finishRemovals } from "./Removal.ts"
import * as Watcher from "./Watcher.ts"

export type OpenError = AppendError | LedgerError | LockError | RefreshError

/** What is appended from here on, while it closes too, is handed to those who listen. */
export const layer = (home: string) =>
  Layer.merge(Watcher.layer(home), Layer.effectDiscard(opening(home))).pipe(Layer.provideMerge(EventFeed.layer))

/** A store that cannot be read is said, and does not keep the others from being used. */
const opening = Effect.fnUntraced(function* (home: string) {
  yield* applyPolicy
  yield* sweepQuarantine
  yield* Effect.ignore(finishRemovals(home))
  yield* Effect.uninterruptible(Effect.catch(finishLogins(home), (error) => Effect.logWarning(error.message)))
  const problems = yield* Effect.uninterruptible(Effect.catchIf(takeStock(home, "reload"), isBusy, enrolLater))
  yield* Effect.forEach(problems, ({ message }) => Effect.logWarning(message), { discard: true })
})

/** Another process enrols, or logs somebody in, and is not done. */
const isBusy = (error: OpenError): error is LockError =>
  error._tag === "LockError" && error.reason._tag === "LockTimeout"

/** The members that there are can be served meanwhile. */
const enrolLater = ({ message }: LockError) =>
  Effect.as(Effect.logWarning(`New logins are not in the pool yet. ${message}`), [])

/** What is there is kept for a month; a member's pair that its store has lost, for as long as it counts. */
const sweepQuarantine = Effect.gen(function* () {
  const quarantine = yield* Quarantine
  const state = yield* Ledger.use((ledger) => ledger.state)
  const live = members(state).map(({ grant }) => grantById(state, grant))
  const counting = new Set(
    live.flatMap(({ current, health }) => (health._tag === "Dead" ? [] : (current?.refresh ?? [])))
  )
  const now = yield* Clock.currentTimeMillis
  yield* Effect.ignore(quarantine.sweep(now, ({ fingerprint }) => counting.has(fingerprint)))
})

/** Once per actor: decisions in the ledger belong to the last policy that their actor recorded. */
const applyPolicy = Effect.gen(function* () {
  const policy = yield* PoolPolicy
  const encoded = JSON.stringify(Schema.encodeSync(Policy)(policy))
  yield* record({ type: "PolicyApplied", v: 1, data: { policy, hash: hash("sha256", encoded, "base64url") } })
})
