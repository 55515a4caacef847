/**
 * How a token is known where the token itself must not be: the first 96 bits of HMAC-SHA256 over it
 * under the ledger's key. Equal tokens have equal fingerprints within one ledger, and nowhere else.
 */
import { Context, type Redacted, Schema } from "effect"

/** `fp_` and 16 characters of unpadded base64url. */
export const Fingerprint = Schema.String.check(Schema.isPattern(/^fp_[A-Za-z0-9_-]{16}$/)).pipe(
  Schema.brand("Fingerprint")
)
export type Fingerprint = typeof Fingerprint.Type

/** Takes fingerprints under one ledger's key; whoever opens the ledger provides it. */
export class Fingerprints extends Context.Service<
  Fingerprints,
  {
    readonly of: (secret: Redacted.Redacted<string>) => Fingerprint
    /** For text that is no token but may not be recorded in clear: an account's subject, an e-mail address. */
    readonly ofText: (text: string) => Fingerprint
  }
>()("@daybook/pool/Fingerprints") {}
