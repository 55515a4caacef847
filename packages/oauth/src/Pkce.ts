/**
 * What ties the steps of a login together, made anew for each: a verifier with its challenge (RFC 7636), a state, a
 * nonce. Each holds 256 random bits.
 */
import { Redacted } from "effect"
import { hash, randomBytes } from "node:crypto"

export const unguessable = (label: string): Redacted.Redacted<string> =>
  Redacted.make(randomBytes(32).toString("base64url"), { label })

/** RFC 7636 section 4.1. */
export const newVerifier = (): Redacted.Redacted<string> => unguessable("code_verifier")

/** RFC 7636 section 4.2, method S256; `plain` is never used. */
export const challengeOf = (verifier: Redacted.Redacted<string>): string =>
  hash("sha256", Redacted.value(verifier), "base64url")

export const challengeParameters = (verifier: Redacted.Redacted<string>) => ({
  code_challenge: challengeOf(verifier),
  code_challenge_method: "S256"
})
