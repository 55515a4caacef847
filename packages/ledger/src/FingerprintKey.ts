/**
 * Fingerprints under a key of 32 random bytes: HMAC-SHA256, its first 96 bits. The key lies beside the ledger and is
 * never in it, so the ledger alone cannot tell whether a token is one of its own.
 */
import { Fingerprint, type Fingerprints } from "@daybook/pool/Fingerprint"
import { Redacted } from "effect"
import * as crypto from "node:crypto"

export type FingerprintKey = Redacted.Redacted<Uint8Array>

/** Length of a key in bytes. */
export const size = 32

export const make = (bytes: Uint8Array): FingerprintKey => Redacted.make(bytes, { label: "fingerprint key" })

export const randomBytes = (): Uint8Array => crypto.randomBytes(size)

export const fingerprints = (key: FingerprintKey): Fingerprints["Service"] => {
  const prepared = crypto.createSecretKey(Redacted.value(key)) // preparing it takes longer than using it
  const ofText = (text: string) =>
    Fingerprint.make(
      `fp_${crypto.createHmac("sha256", prepared).update(text).digest().toString("base64url").slice(0, 16)}`
    )
  return { of: (secret) => ofText(Redacted.value(secret)), ofText }
}

/** Stands in a ledger's first line, so that a writer with another key is noticed. */
export const check = (key: FingerprintKey): Fingerprint => fingerprints(key).ofText("daybook")
