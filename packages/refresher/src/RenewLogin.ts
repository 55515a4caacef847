/**
 * A new login in place of a credential's former one, dead or alive, under the grant's lock. The pair that it displaces
 * is kept in quarantine; nothing that was said of the former one holds for it.
 */
import { endedByLogin } from "@daybook/pool/decisions/Bench"
import { type GenerationRef, isSame, refOf } from "@daybook/pool/Generation"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Credential, Grant } from "@daybook/pool/PoolState"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Quarantine } from "@daybook/vault/Quarantine"
import { StoreError } from "@daybook/vault/StoreError"
import { Clock, Effect } from "effect"
import { about, decide, grantState } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { isMoved, type Trouble } from "./internal/AsRefreshError.ts"
import { generationOf } from "./internal/GenerationOf.ts"
import { observation } from "./Observation.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { settled } from "./Settled.ts"
import { holding, type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export type Renewal =
  /** The tokens are in their store; `unrecorded` is why the ledger does not say so yet, if it does not. */
  | { readonly _tag: "Renewed"; readonly target: Target; readonly held: Held; readonly unrecorded?: Trouble }
  /** They are of another account than the credential's; nothing was changed. */
  | { readonly _tag: "AnotherAccount" }

/** How often to store against a program that does not lock. */
const tries = 3

/** Others wait for the enrolment lock meanwhile, so this ends before they give up: after a refresh, or a verdict, has had its time. */
export const renew = Effect.fnUntraced(function* (credential: Credential, tokens: TokenSet) {
  const { classifyAfter, lockWait, timeLimit } = yield* PoolPolicy
  const wait = Math.min(lockWait, Math.max(classifyAfter, timeLimit) + 2_000)
  return yield* settled(yield* targetOf(credential), (target) => renewLocked(target, tokens), wait)
})

const renewLocked = Effect.fnUntraced(function* (target: Target, tokens: TokenSet) {
  const held = yield* holding(target, tokens)
  const { grant } = yield* grantState(target)
  if (isAnotherAccount(grant, held)) return { _tag: "AnotherAccount" } satisfies Renewal
  yield* replaceTokens(target, grant, tokens)
  const memory = yield* TokenMemory
  memory.set(target.grant, held)
  memory.unsaved.delete(target.grant)
  return yield* say(target, held).pipe(
    Effect.match({
      onSuccess: (): Renewal => ({ _tag: "Renewed", target, held }),
      onFailure: (unrecorded): Renewal => ({ _tag: "Renewed", target, held, unrecorded })
    })
  )
})

const isAnotherAccount = ({ current }: Grant, { generation }: Held): boolean =>
  current?.account !== undefined && generation.account !== undefined && current.account !== generation.account

/**
 * Compares and sets: what a program wrote that came in between without the lock, and what the store has beside a place
 * that reads as blank, is kept then too.
 */
const replaceTokens = Effect.fnUntraced(function* (target: Target, grant: Grant, tokens: TokenSet) {
  const fingerprints = yield* Fingerprints
  const pairOf = (found: TokenSet): GenerationRef => refOf(generationOf(fingerprints, target.provider, found))
  let found = yield* target.authority.read
  for (let attempt = 0; attempt < tries; attempt++) {
    const displaced = pairOf(found)
    yield* keepAside(target, grant, found, displaced)
    const stored = yield* target.authority.store(withoutFormer(tokens), (there) => isSame(pairOf(there), displaced))
    if (stored._tag === "Stored") return
    found = stored.found
  }
  const { path = target.authority.ref.slot } = target.authority.ref
  return yield* new StoreError({ operation: "store", path, reason: { _tag: "Busy", waited: 0 } })
})

/** A dead pair is in quarantine already, unless only its access token was judged. */
const keepAside = Effect.fnUntraced(function* (target: Target, grant: Grant, found: TokenSet, pair: GenerationRef) {
  const name = pair.refresh ?? pair.access
  if (isBlank(found) || name === undefined) return
  const { health } = grant
  const isDead = health._tag === "Dead" && health.generation[health.bound] === pair[health.bound]
  yield* Quarantine.use((quarantine) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) =>
      quarantine.put(name, {
        tokens: found,
        grant: target.grant,
        provider: target.provider.id,
        reason: isDead ? health.reason : "Displaced",
        at
      })
    )
  )
})

/** A store keeps what a refresh does not repeat; of a former login nothing is to be kept, so everything is said. */
const withoutFormer = (tokens: TokenSet): TokenSet =>
  ({
    access: undefined,
    refresh: undefined,
    idToken: undefined,
    account: undefined,
    expiresAt: undefined,
    loggedInAt: undefined,
    deadline: undefined,
    resource: undefined,
    ...tokens
  }) as TokenSet

/** In one append. The tokens are stored: if the grant moved meanwhile, the same is said of what it is now. */
const say = Effect.fnUntraced(function* (target: Target, held: Held) {
  const once = Effect.gen(function* () {
    const { grant, state } = yield* grantState(target)
    yield* decide(
      target,
      grant.version,
      ...observation(target, grant, held, "login"),
      ...endedByLogin(state, grant, held.generation, yield* Clock.currentTimeMillis),
      about(target, "LoginCompleted", {})
    )
  })
  yield* Effect.retry(once, { while: (trouble: Trouble) => isMoved(trouble), times: tries })
})
