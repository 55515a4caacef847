/**
 * How an event's schema is put together: `type`, `v`, the credential it is about, and its data.
 */
import { Schema } from "effect"
import { CredentialId, GrantId } from "../Ids.ts"

/** About the ledger, an actor or the pool as a whole. */
export const poolEvent = <const Type extends string, Fields extends Schema.Struct.Fields>(type: Type, fields: Fields) =>
  Schema.Struct({ type: Schema.Literal(type), v: Schema.Literal(1), data: Schema.Struct(fields) })

/** About one credential. */
export const credentialEvent = <const Type extends string, Fields extends Schema.Struct.Fields>(
  type: Type,
  fields: Fields
) =>
  Schema.Struct({
    type: Schema.Literal(type),
    v: Schema.Literal(1),
    credential: CredentialId,
    data: Schema.Struct(fields)
  })

/** About one grant, which several credentials may share. */
export const grantEvent = <const Type extends string, Fields extends Schema.Struct.Fields>(
  type: Type,
  fields: Fields
) =>
  Schema.Struct({
    type: Schema.Literal(type),
    v: Schema.Literal(1),
    credential: Schema.optionalKey(CredentialId),
    data: Schema.Struct({ grant: GrantId, ...fields })
  })
