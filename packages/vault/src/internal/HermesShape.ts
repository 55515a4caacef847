/**
 * What Daybook reads in hermes-agent's `auth.json`. Only these fields must have their types; everything else, whole
 * blocks of other providers included, may be anything and stays as it is.
 */
import { Schema } from "effect"
import { moment, text } from "./Tokens.ts"

const nullable = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const AnyObject = Schema.Record(Schema.String, Schema.Unknown)

export const AuthFile = Schema.Struct({
  providers: nullable(AnyObject),
  credential_pool: nullable(Schema.Record(Schema.String, Schema.Array(AnyObject)))
})

/** `providers.<id>`: a provider's one login in a block of its own. */
export const Block = Schema.Struct({
  tokens: nullable(
    Schema.Struct({
      access_token: text,
      refresh_token: text,
      id_token: text,
      account_id: text,
      expires_at: moment
    })
  ),
  label: text,
  last_refresh: text,
  last_auth_error: nullable(Schema.Struct({ code: text, message: text, at: moment }))
})
export type Block = typeof Block.Type

/** `credential_pool.<provider>[]` */
export const Row = Schema.Struct({
  id: Schema.NonEmptyString,
  label: text,
  auth_type: text,
  priority: nullable(Schema.Number),
  source: text,
  access_token: text,
  refresh_token: text,
  id_token: text,
  account_id: text,
  last_refresh: text,
  expires_at: moment,
  expires_at_ms: nullable(Schema.Number),
  last_status: text,
  last_status_at: moment,
  last_error_code: nullable(Schema.Union([Schema.String, Schema.Number])),
  last_error_reason: text,
  last_error_message: text
})
export type Row = typeof Row.Type
