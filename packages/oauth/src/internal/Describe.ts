/** What any OAuth 2.0 tokens say about themselves: the announced expiry, else the claims of a JWT (RFC 9068). */
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import type { Description } from "../Provider.ts"
import { claimsOf, instantClaim, textClaim } from "./Claims.ts"
import { defined } from "./Defined.ts"

export const describeTokens = (tokens: TokenSet, _now: Instant): Description => {
  const access = claimsOf(tokens.access)
  const identity = claimsOf(tokens.idToken)
  return defined({
    expiresAt: tokens.expiresAt ?? instantClaim(access, "exp"),
    issuedAt: instantClaim(access, "iat"),
    subject: tokens.account ?? textClaim(access, "sub") ?? textClaim(identity, "sub"),
    email: textClaim(identity, "email") ?? textClaim(access, "email")
  })
}
