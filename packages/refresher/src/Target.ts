/**
 * What a refresh is about: a credential, its grant, the provider it talks to, the store that has the last word.
 */
import type { Provider } from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"
import type { CorrelationId, GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Credential } from "@daybook/pool/PoolState"
import { RefreshError, Transient } from "@daybook/pool/RefreshError"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { TransientReason } from "@daybook/pool/Verdict"
import type { Authority } from "@daybook/vault/Authority"
import { Vault } from "@daybook/vault/Vault"
import { Clock, Effect, Option } from "effect"
import { newCorrelationId } from "./internal/NewIds.ts"
import { generationOf } from "./internal/GenerationOf.ts"
import type { Held } from "./Held.ts"

/** What a refresh must know of a credential; all of it is said when it is enrolled. */
export type Subject = Pick<Credential, "id" | "grant" | "kind" | "ownership" | "provider" | "store">

export interface Target {
  readonly credential: Subject
  readonly grant: GrantId
  readonly provider: Provider
  readonly authority: Authority
  /** Since when the grant's lock is held, if it is. */
  readonly lockedAt?: Instant
  /** Ties everything together that happens on its behalf. */
  readonly correlation: CorrelationId
}

export const targetOf = Effect.fnUntraced(function* (credential: Subject) {
  const provider = definitionFor(yield* Providers, credential)
  if (Option.isNone(provider)) {
    return yield* transient(
      credential,
      "Misconfigured",
      `no provider "${credential.provider}" is defined here; add it to the list of providers`
    )
  }
  const authority = yield* Vault.use((vault) => vault.authority(credential.store)).pipe(
    Effect.catch((error) => transient(credential, "StoreUnavailable", error.message))
  )
  return {
    credential,
    grant: credential.grant,
    provider: provider.value,
    authority,
    correlation: newCorrelationId()
  } satisfies Target
})

/** What is known of a credential's provider. */
export const definitionFor = (
  providers: Providers["Service"],
  { kind, provider }: Pick<Credential, "kind" | "provider">
): Option.Option<Provider> =>
  kind === "apiKey" ? Option.some(providers.orKeysOnly(provider)) : providers.get(provider)

/** Tokens in hand. What does not say when it was received counts as received now. */
export const holding = Effect.fnUntraced(function* (target: Target, tokens: TokenSet) {
  const now = yield* Clock.currentTimeMillis
  const fingerprints = yield* Fingerprints
  return {
    tokens,
    generation: generationOf(fingerprints, target.provider, tokens),
    receivedAt: Math.min(now, tokens.refreshedAt ?? now)
  } satisfies Held
})

/** Fails with a reason to wait. */
export const transient = (
  about: Pick<Credential, "provider" | "id" | "grant">,
  reason: TransientReason,
  detail: string,
  retryAt?: number
): RefreshError =>
  new RefreshError({
    provider: about.provider,
    credential: about.id,
    grant: about.grant,
    reason: new Transient({ reason, detail, ...(retryAt === undefined ? {} : { retryAt }) })
  })
