/** A row of hermes' pool, read in any of the forms that its versions have written. */
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Result } from "effect"
import type { AuthError } from "../Login.ts"
import type { Flaw } from "../StoreError.ts"
import { decode } from "./Decode.ts"
import { authError } from "./HermesBlock.ts"
import type { Row } from "./HermesPlace.ts"
import * as HermesShape from "./HermesShape.ts"
import { instant, nonBlank, secret, tokenSet } from "./Tokens.ts"

export const parse = (provider: string, slot: string, value: unknown, index: number): Result.Result<Row, Flaw> =>
  Result.map(decode(HermesShape.Row, value, ["credential_pool", provider, index]), (row) => ({
    slot,
    provider,
    id: row.id,
    kind: isOAuth(row) ? "oauth" : "apiKey",
    source: row.source ?? "manual",
    priority: row.priority ?? 0,
    tokens: tokens(row),
    label: row.label ?? undefined,
    lastAuthError: lastError(row)
  }))

/** Old rows do not say so, but Anthropic's OAuth tokens begin with their own letters. */
export const isOAuth = ({ access_token, auth_type }: { readonly [key: string]: unknown }): boolean =>
  auth_type === "oauth" || (typeof access_token === "string" && access_token.startsWith("sk-ant-oat"))

const tokens = (row: HermesShape.Row): TokenSet =>
  tokenSet({
    access: secret(row.access_token),
    refresh: secret(row.refresh_token),
    idToken: secret(row.id_token),
    account: nonBlank(row.account_id),
    expiresAt: instant(row.expires_at_ms) ?? instant(row.expires_at),
    refreshedAt: instant(row.last_refresh) ?? instant(row.obtained_at)
  })

const lastError = (row: HermesShape.Row): AuthError | undefined =>
  row.last_status === "dead"
    ? authError(row.last_error_reason ?? row.last_error_code, row.last_error_message, row.last_status_at)
    : undefined
