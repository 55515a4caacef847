/** `minimax`: refuses under status 200, and says when the access token ends as an instant in milliseconds. */
import { type Refusal } from "../../Grants.ts"
import * as Answer from "../Answer.ts"
import { type Granted, type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import * as Rfc6750 from "../Rfc6750.ts"

const success = (granted: Granted) => ({
  status: "success",
  access_token: granted.tokens.accessToken,
  ...Rfc6749.refreshMember(granted),
  token_type: "Bearer",
  expired_in: granted.tokens.accessExpiresAt,
  resource_url: granted.origin
})

const dead = { status_code: 1004, status_msg: "invalid_grant" }

const refusals: Record<Refusal, { readonly status_code: number; readonly status_msg: string }> = {
  reused: dead,
  expired: dead,
  revoked: dead,
  unknown: dead,
  wrongClient: { status_code: 1004, status_msg: "invalid_client" },
  malformed: { status_code: 2013, status_msg: "invalid_request" },
  unsupportedGrantType: { status_code: 2013, status_msg: "unsupported_grant_type" }
}

const refusal = (why: Refusal) => Answer.json(200, { base_resp: refusals[why] }, refusals[why].status_msg)

export const minimax: Protocol = {
  request: formPost("/oauth/token"),
  mint: Rfc6749.mint,
  success,
  refusal,
  apiRefusal: Rfc6750.refusal,
  metering: null
}
