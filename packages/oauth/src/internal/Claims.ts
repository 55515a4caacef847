/**
 * What a token says about itself (RFC 7519 section 4), unverified: good enough to know when to refresh,
 * never to decide whom to trust.
 */
import { Redacted, Result } from "effect"
import { decodeJwt } from "jose"
import type { Instant } from "@daybook/pool/Instant"
import { instantIn, isObject, type JsonObject, numberIn, textIn } from "./Json.ts"

const none: JsonObject = {}

/** The claims of a JWT; none if it is not one. */
export const claimsOf = (token: Redacted.Redacted<string> | undefined): JsonObject =>
  token === undefined
    ? none
    : Result.getOrElse(
        Result.try((): JsonObject => decodeJwt(Redacted.value(token))),
        () => none
      )

/** A NumericDate claim such as `exp` or `iat`. */
export const instantClaim = (claims: JsonObject, name: string): Instant | undefined => {
  const seconds = numberIn(claims[name])
  return seconds === undefined ? undefined : instantIn(seconds * 1000)
}

export const textClaim = (claims: JsonObject, name: string): string | undefined => textIn(claims[name])

/** Some providers keep their own claims in an object named by a URL. */
export const objectClaim = (claims: JsonObject, name: string): JsonObject => {
  const value = claims[name]
  return isObject(value) ? value : none
}
