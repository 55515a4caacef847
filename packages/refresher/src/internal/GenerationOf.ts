/**
 * What may be recorded of tokens: their fingerprints, and what the provider's own format says about them.
 */
import type { Provider } from "@daybook/oauth/Provider"
import type { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Generation } from "@daybook/pool/Generation"
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"

export const generationOf = (
  fingerprints: Fingerprints["Service"],
  provider: Provider,
  tokens: TokenSet,
  now: Instant
): Generation => {
  const { deadline, expiresAt, issuedAt, subject } = provider.describe(tokens, now)
  return {
    ...(tokens.access === undefined ? {} : { access: fingerprints.of(tokens.access) }),
    ...(tokens.refresh === undefined ? {} : { refresh: fingerprints.of(tokens.refresh) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(subject === undefined ? {} : { account: fingerprints.ofText(`${provider.id} ${subject}`) }),
    ...(deadline === undefined ? {} : { deadline })
  }
}
