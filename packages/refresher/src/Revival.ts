/**
 * An operator knows better than a verdict: one dead generation comes back, and one sending is allowed. Its pair is
 * put back into its store first and then allowed in the ledger, on the grant's version. Whoever dies in between leaves
 * a store with a pair that the ledger calls dead: nothing is sent with it, and a second `revive` goes on from there.
 */
import { isSame } from "@daybook/pool/Generation"
import { revivable, revive } from "@daybook/pool/decisions/Revival"
import type { Credential, Dead, Grant } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Effect, Option } from "effect"
import { deadPair } from "./Conclude.ts"
import { decide, grantState } from "./GrantState.ts"
import { asRefreshError, isMoved } from "./internal/AsRefreshError.ts"
import { OperatorError, type OperatorErrorReason } from "./OperatorError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { readBorrowed } from "./ReadBorrowed.ts"
import { reread } from "./Reread.ts"
import { settled } from "./Settled.ts"
import { holding, type Target, targetOf, transient } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"
import { relogin } from "./Relogin.ts"

export type Revival =
  | { readonly _tag: "Revived"; readonly events: ReadonlyArray<Recorded> }
  /** Nothing was dead. `replaced`: it had been, and a newer login was found in its store. */
  | { readonly _tag: "Alive"; readonly replaced: boolean }

export const reviveCredential = Effect.fnUntraced(function* (credential: Credential) {
  const target = yield* targetOf(credential)
  const wasDead = (yield* grantState(target)).grant.health._tag === "Dead"
  const isSpent = credential.kind === "oauth" && credential.ownership === "owned" && target.authority.writable
  return yield* isSpent ? settled(target, (locked) => underLock(locked, wasDead)) : withoutLock(target, wasDead)
})

const underLock = Effect.fnUntraced(function* (target: Target, wasDead: boolean) {
  yield* reread(target, "before request")
  return yield* bringBack(target, wasDead)
})

/** Nobody of ours spends it, so there is no lock to take; its store is only read. */
const withoutLock = (target: Target, wasDead: boolean) =>
  Effect.ignore(readBorrowed(target, { trigger: "operator" })).pipe(
    Effect.andThen(bringBack(target, wasDead)),
    Effect.retry({ while: (trouble) => trouble._tag !== "OperatorError" && isMoved(trouble), times: 5 }),
    Effect.mapError((trouble) => (trouble._tag === "OperatorError" ? trouble : asRefreshError(target, trouble)))
  )

const bringBack = Effect.fnUntraced(function* (target: Target, wasDead: boolean) {
  const { grant } = yield* grantState(target)
  const found = revivable(grant, yield* PoolPolicy)
  switch (found._tag) {
    case "Alive":
      return { _tag: "Alive", replaced: wasDead } satisfies Revival
    case "Lift":
      return yield* lift(target, grant, found.generation)
    case "Restore":
      yield* restore(target, found.dead)
      return yield* lift(target, grant, found.dead.generation)
  }
})

const lift = Effect.fnUntraced(function* (target: Target, grant: Grant, generation: Dead["generation"]) {
  const drafts = revive(target.credential.id, grant, generation)
  const events = yield* decide(
    target,
    grant.version,
    ...drafts.map((event) => ({ ...event, correlation: target.correlation }))
  )
  return { _tag: "Revived", events } satisfies Revival
})

/** Puts the dead pair where it was, over nothing or over itself, and over nothing else. */
const restore = Effect.fnUntraced(function* (target: Target, dead: Dead) {
  const { authority, credential } = target
  if (!authority.writable) return yield* transient(credential, "StoreUnavailable", authority.whyReadOnly ?? "read-only")
  const isDead = yield* deadPair(target, dead)
  const tokens = yield* findDead(target, dead, isDead)
  if (tokens === undefined)
    return yield* refuse(target, { _tag: "NotKept", relogin: relogin(target.provider, credential) })
  const stored = yield* authority.store(tokens, (found) => isBlank(found) || isDead(found))
  if (stored._tag === "Mismatch") {
    const store = authority.ref.path ?? authority.ref.slot
    return yield* refuse(target, { _tag: "OtherTokens", store, relogin: relogin(target.provider, credential) })
  }
  ;(yield* TokenMemory).set(target.grant, yield* holding(target, tokens))
})

/** In its store, if an earlier revival came so far; else in quarantine. */
const findDead = Effect.fnUntraced(function* (target: Target, dead: Dead, isDead: (found: TokenSet) => boolean) {
  const inStore = yield* target.authority.read
  if (isSame((yield* holding(target, inStore)).generation, dead.generation)) return inStore
  const name = dead.generation.refresh ?? dead.generation.access
  const entry = name === undefined ? Option.none() : yield* Quarantine.use((quarantine) => quarantine.find(name))
  return Option.isSome(entry) && isDead(entry.value.tokens) ? entry.value.tokens : undefined
})

const refuse = ({ credential }: Target, reason: OperatorErrorReason) =>
  Effect.fail(new OperatorError({ credential: credential.id, reason }))
