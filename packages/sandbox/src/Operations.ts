/**
 * What a test can tell a sandbox to do, as wire operations: `POST /__control/<name>` with a JSON payload.
 *
 * `Controls` is the form to use; it is the same in the sandbox's own process and over HTTP.
 */
import { type Effect, Schema } from "effect"
import { Discovery } from "./Discovery.ts"
import { ApiFault, TokenFault } from "./Faults.ts"
import { GrantOptions, RevokedCode } from "./Grant.ts"
import { HoldPoint, Parked } from "./HoldPoints.ts"
import { ApiCall, Revocation, TokenPost, Trapped } from "./Journal.ts"
import { LoginPolicy } from "./Logins.ts"
import { windows } from "./Quota.ts"
import { ReceivedRequest } from "./ReceivedRequest.ts"
import { type SandboxError } from "./SandboxError.ts"

/** A new login: the members of a token answer, and whose it is. Lifetimes are seconds. */
export const Login = Schema.Struct({
  grant: Schema.String,
  account_id: Schema.String,
  email: Schema.String,
  access_token: Schema.String,
  refresh_token: Schema.String,
  id_token: Schema.optionalKey(Schema.String),
  token_type: Schema.String,
  expires_in: Schema.Int,
  refresh_token_expires_in: Schema.optionalKey(Schema.Int)
})
export type Login = typeof Login.Type

/** Which requests a fault meets: those of one grant, or of all; and how many of them (one if absent). */
const aim = { grant: Schema.optionalKey(Schema.String), times: Schema.optionalKey(Schema.Int) }
const nothing = Schema.Struct({})

export const operations = {
  about: { payload: nothing, success: Schema.Struct({ trapOrigin: Schema.String }) },
  issue: { payload: GrantOptions, success: Login },
  revoke: {
    payload: Schema.Struct({ grant: Schema.String, code: Schema.optionalKey(RevokedCode) }),
    success: Schema.Null
  },
  expireAccess: { payload: Schema.Struct({ grant: Schema.String }), success: Schema.Null },
  fault: { payload: Schema.Struct({ fault: TokenFault, ...aim }), success: Schema.Null },
  apiFault: { payload: Schema.Struct({ fault: ApiFault, ...aim }), success: Schema.Null },
  quota: { payload: Schema.Struct({ grant: Schema.String, ...windows }), success: Schema.Null },
  discovery: { payload: Discovery, success: Schema.Null },
  logins: { payload: LoginPolicy, success: Schema.Null },
  decide: {
    payload: Schema.Struct({ userCode: Schema.String, decision: Schema.Literals(["approve", "deny"]) }),
    success: Schema.Null
  },
  deviceFault: {
    payload: Schema.Struct({ fault: TokenFault, times: Schema.optionalKey(Schema.Int) }),
    success: Schema.Null
  },
  deviceRequests: { payload: nothing, success: Schema.Array(ReceivedRequest) },
  hold: {
    payload: Schema.Struct({
      point: HoldPoint,
      grant: Schema.optionalKey(Schema.String),
      count: Schema.optionalKey(Schema.Int)
    }),
    success: Schema.String
  },
  parked: { payload: Schema.Struct({ hold: Schema.String, count: Schema.Int }), success: Schema.Array(Parked) },
  release: { payload: Schema.Struct({ hold: Schema.String }), success: Schema.Null },
  journal: { payload: nothing, success: Schema.Array(TokenPost) },
  settled: { payload: Schema.Struct({ seq: Schema.Int }), success: TokenPost },
  apiCalls: { payload: nothing, success: Schema.Array(ApiCall) },
  revocations: { payload: nothing, success: Schema.Array(Revocation) },
  trapped: { payload: nothing, success: Schema.Array(Trapped) },
  issuedTokens: { payload: nothing, success: Schema.Array(Schema.String) }
}

type Operations = typeof operations
export type OperationName = keyof Operations
export type Payload<Name extends OperationName> = Operations[Name]["payload"]["Type"]
export type Success<Name extends OperationName> = Operations[Name]["success"]["Type"]

/** The implementation of each operation. */
export type Handlers = {
  readonly [Name in OperationName]: (payload: Payload<Name>) => Effect.Effect<Success<Name>, SandboxError>
}

/** Performs an operation by name, here or elsewhere. */
export type Perform = <Name extends OperationName>(
  name: Name,
  payload: Payload<Name>
) => Effect.Effect<Success<Name>, SandboxError>

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name)
