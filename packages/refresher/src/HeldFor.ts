/**
 * The tokens of one credential: what this process holds, as long as it is worth sending, else what a refresh brings.
 * Near their end callers are served on while the next ones are fetched.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Providers } from "@daybook/oauth/Providers"
import { isHeldBack } from "@daybook/pool/decisions/KeepAlive"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import type { CredentialId, GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, grantById } from "@daybook/pool/PoolState"
import { Clock, Effect, Option, type Redacted } from "effect"
import { isDue, isEnding, isServable } from "./Freshness.ts"
import type { Held } from "./Held.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { Refresher } from "./Refresher.ts"
import { TokenMemory } from "./TokenMemory.ts"

export interface TokenRequest {
  /** An access token that the API refused: it is not served again. */
  readonly failedToken?: Redacted.Redacted<string>
  /** Wants a token other than the one held now, whatever its expiry. */
  readonly forceRefresh?: boolean
  /** Id or label of the one credential to use. */
  readonly credential?: string
  /** Passes over credentials on which this model is benched. */
  readonly model?: string
  /** Passes over these: the API has refused them for what the token is wanted for. */
  readonly except?: ReadonlyArray<CredentialId>
}

/** Between two refreshes of one grant that nobody waits for, in milliseconds. */
const beginEvery = 5_000

/** An API key may be of a provider that nobody has defined, and never ends. */
export const skewOf = (providers: Providers["Service"], id: string): number =>
  Option.match(providers.get(id), { onNone: () => 0, onSome: ({ skewMillis }) => skewMillis })

/** For as long as the pool lives. */
export const makeHeldFor = Effect.gen(function* () {
  const refresher = yield* Refresher
  const ledger = yield* Ledger
  const memory = yield* TokenMemory
  const fingerprints = yield* Fingerprints
  const providers = yield* Providers
  const { mandatoryWindow } = yield* PoolPolicy
  const begun = new Map<GrantId, Instant>()

  /** What this process holds, if it is what the ledger has, it has not ended, and nobody refused it. */
  const inHand = (credential: Credential, now: Instant, request: TokenRequest, failed: Fingerprint | undefined) => {
    const held = memory.get(credential.grant)
    if (held === undefined || request.forceRefresh === true) return undefined
    const grant = grantById(ledger.known(), credential.grant)
    const { access } = held.generation
    const refused = access === failed || (access !== undefined && grant.refusedAccess?.access === access)
    const current = grant.current?.access === access && grant.health._tag !== "Dead"
    return !refused && current && isServable(held, now) ? held : undefined
  }

  const heldFor = Effect.fnUntraced(function* (credential: Credential, request: TokenRequest) {
    const now = yield* Clock.currentTimeMillis
    const failed = request.failedToken === undefined ? undefined : fingerprints.of(request.failedToken)
    const ready = inHand(credential, now, request, failed)
    const skew = skewOf(providers, credential.provider)
    if (ready !== undefined && !isEnding(ready, now, skew, mandatoryWindow)) {
      if (isDue(ready, now, skew)) yield* refreshMeanwhile(credential, now)
      return ready
    }
    return yield* refresher.refresh(credential, wantOf(credential, request, memory.get(credential.grant), failed, now))
  })

  /** Callers are served what is held; one of them at a time has the next one fetched. */
  const refreshMeanwhile = (credential: Credential, now: Instant): Effect.Effect<void> => {
    if (isHeldBack(grantById(ledger.known(), credential.grant), now)) return Effect.void
    if (Math.abs(now - (begun.get(credential.grant) ?? 0)) < beginEvery) return Effect.void
    begun.set(credential.grant, now)
    return refresher.begin(credential, { trigger: "proactive" })
  }

  const wantOf = (
    credential: Credential,
    request: TokenRequest,
    held: Held | undefined,
    failed: Fingerprint | undefined,
    now: Instant
  ) => {
    const { current, refusedAccess } = grantById(ledger.known(), credential.grant)
    const unwanted = request.forceRefresh === true ? (held?.generation.access ?? current?.access) : undefined
    const refused = failed ?? refusedAccess?.access
    if (refused !== undefined && (unwanted === undefined || unwanted === refused)) {
      return { trigger: "unauthorized" as const, unwanted: refused }
    }
    const trigger = held !== undefined && isServable(held, now) ? ("proactive" as const) : ("expired" as const)
    return { trigger, ...(unwanted === undefined ? {} : { unwanted }) }
  }

  return {
    heldFor,
    /** Without a refresh and without a look at a store: what may be shown to an API now. */
    usable: (credential: Credential, now: Instant) => inHand(credential, now, {}, undefined)
  }
})
