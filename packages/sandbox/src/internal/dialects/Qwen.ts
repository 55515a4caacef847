/** `qwen`: calls a refresh token that is dead an invalid request. */
import { randomId } from "../../Tokens.ts"
import * as Answer from "../Answer.ts"
import { type Granted, type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"

const dead = { status: 400, code: "invalid_request", message: "Invalid refresh token or client_id" }

const success = (granted: Granted) => ({
  access_token: granted.tokens.accessToken,
  ...Rfc6749.refreshMember(granted),
  token_type: "Bearer",
  expires_in: granted.grant.policy.accessLifetime,
  resource_url: "portal.qwen.ai"
})

const apiRefusal = () => {
  const code = "invalid_api_key"
  const error = { code, message: "invalid access token or token expired", type: "invalid_request_error" }
  return Answer.json(401, { error, request_id: randomId("req") }, code)
}

export const qwen: Protocol = {
  request: formPost("/api/v1/oauth2/token"),
  mint: Rfc6749.mint,
  success,
  refusal: Rfc6749.refusal({ reused: dead, expired: dead, revoked: dead, unknown: dead, wrongClient: dead }),
  apiRefusal,
  metering: null
}
