/**
 * What Daybook reads in hermes-agent's files. Only these fields must have their types; everything else, whole
 * blocks of other providers included, may be anything and stays as it is.
 */
import { Schema } from "effect"
import { moment, text } from "./Tokens.ts"

const nullable = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const AnyObject = Schema.Record(Schema.String, Schema.Unknown)

/** `systems` is what `providers` was called once; there is only Nous in it. */
export const AuthFile = Schema.Struct({
  providers: nullable(AnyObject),
  credential_pool: nullable(Schema.Record(Schema.String, Schema.Array(AnyObject))),
  suppressed_sources: Schema.optionalKey(Schema.Unknown),
  systems: Schema.optionalKey(Schema.Unknown)
})
export type AuthFile = typeof AuthFile.Type

const tokens = {
  access_token: text,
  refresh_token: text,
  id_token: text,
  account_id: text,
  expires_at: moment
}

const block = {
  label: text,
  last_refresh: text,
  last_auth_error: nullable(Schema.Struct({ code: text, message: text, reason: text, at: moment }))
}

/** `providers.<id>` of Codex, xAI and others: the tokens in an object of their own. */
export const NestedBlock = Schema.Struct({ ...block, tokens: nullable(Schema.Struct(tokens)) })
export type NestedBlock = typeof NestedBlock.Type

/** `providers.<id>` of Nous and MiniMax: the tokens among the other fields. */
export const FlatBlock = Schema.Struct({
  ...block,
  ...tokens,
  obtained_at: moment,
  auth_method: text,
  portal_base_url: text
})
export type FlatBlock = typeof FlatBlock.Type

/** `credential_pool.<provider>[]` */
export const Row = Schema.Struct({
  ...tokens,
  id: Schema.NonEmptyString,
  label: text,
  auth_type: text,
  priority: nullable(Schema.Number),
  source: text,
  last_refresh: text,
  obtained_at: moment,
  expires_at_ms: nullable(Schema.Union([Schema.Number, Schema.String])),
  last_status: text,
  last_status_at: moment,
  last_error_code: nullable(Schema.Union([Schema.String, Schema.Number])),
  last_error_reason: text,
  last_error_message: text
})
export type Row = typeof Row.Type

/** `nous_auth.json`, which profiles share. A guest's has no refresh token. */
export const SharedNous = Schema.Struct({
  access_token: text,
  refresh_token: text,
  obtained_at: moment,
  expires_at: moment
})

/** `.anthropic_oauth.json`: hermes' own Anthropic login. */
export const AnthropicLogin = Schema.Struct({ accessToken: text, refreshToken: text, expiresAt: moment })
