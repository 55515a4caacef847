/** What `token --json` prints: a token in clear, and whose it is. */
import { Instant } from "@daybook/pool/Instant"
import { Redacted, Schema } from "effect"
import type { Served } from "../handover/Task.ts"

const said = (description: string) => ({ description })

export const Token = Schema.Struct({
  token: Schema.String.annotate(said("An access token or API key, in clear")),
  provider: Schema.String,
  credential: Schema.String,
  label: Schema.NullOr(Schema.String),
  expiresAt: Schema.NullOr(Instant).annotate(said("When it ends; null if nobody knows, or it does not"))
})

export const revealTokenJson = ({ credential, expiresAt, label, provider, tokens }: Served): typeof Token.Type => ({
  token: Redacted.value(tokens.access),
  provider,
  credential,
  label: label ?? null,
  expiresAt: expiresAt ?? null
})
