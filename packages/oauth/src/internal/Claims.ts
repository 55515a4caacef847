/**
 * What a token says about itself (RFC 7519 section 4), unverified: good enough to know when to refresh,
 * never to decide whom to trust.
 */
import { Redacted, Result } from "effect"
import { decodeJwt } from "jose/jwt/decode"
import type { Instant } from "@daybook/pool/Instant"
import { instantIn, type JsonObject, numberIn } from "./Json.ts"

export type Claims = JsonObject

const none: Claims = {}

/** The claims of a JWT; none if it is not one. */
export const claimsOf = (token: Redacted.Redacted<string> | undefined): Claims =>
  token === undefined || !compactJwt.test(Redacted.value(token))
    ? none
    : Result.getOrElse(
        Result.try((): Claims => decodeJwt(Redacted.value(token))),
        () => none
      )

/** RFC 7519 section 3: parts of base64url between dots. Most tokens are something else, and are told so without an error. */
const compactJwt = /^[^.]*\.[^.]+\.[^.]*$/

/** A NumericDate claim such as `exp` or `iat`. */
export const instantClaim = (claims: Claims, name: string): Instant | undefined => {
  const seconds = numberIn(claims[name])
  return seconds === undefined ? undefined : instantIn(seconds * 1000)
}
