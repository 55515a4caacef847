/**
 * What may be recorded of tokens: their fingerprints, and what the provider's own format says about them.
 */
import { describe } from "@daybook/oauth/Describe"
import type { Provider } from "@daybook/oauth/Provider"
import type { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Generation } from "@daybook/pool/Generation"
import type { TokenSet } from "@daybook/pool/TokenSet"

export const generationOf = (
  fingerprints: Fingerprints["Service"],
  provider: Provider,
  tokens: TokenSet
): Generation => {
  const { deadline, expiresAt, issuedAt, seat, subject } = describe(provider, tokens)
  return {
    ...(tokens.access === undefined ? {} : { access: fingerprints.of(tokens.access) }),
    ...(tokens.refresh === undefined ? {} : { refresh: fingerprints.of(tokens.refresh) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(subject === undefined ? {} : { account: fingerprints.ofText(`${provider.id} ${subject}`) }),
    ...(seat === undefined ? {} : { seat: fingerprints.ofText(`${provider.id} ${seat}`) }),
    ...(deadline === undefined ? {} : { deadline })
  }
}
