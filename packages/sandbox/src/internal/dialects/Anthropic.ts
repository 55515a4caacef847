/** `anthropic`: JSON only; the answer says whose login it is, and until when it can be refreshed. */
import { Effect } from "effect"
import { type Minting, random } from "../../Tokens.ts"
import * as Answer from "../Answer.ts"
import { type DeadAccess, type Granted, type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import { errorAnswer, metering } from "./AnthropicQuota.ts"

const mint = ({ lifetime, now }: Minting) =>
  Effect.sync(() => ({
    accessToken: `sk-ant-oat01-${random()}`,
    refreshToken: `sk-ant-ort01-${random()}`,
    idToken: null,
    accessExpiresAt: now + lifetime * 1000
  }))

const success = (granted: Granted) => {
  const { grant, tokens, now } = granted
  const { account, email } = grant.subject
  return {
    token_type: "Bearer",
    access_token: tokens.accessToken,
    expires_in: grant.policy.accessLifetime,
    ...Rfc6749.refreshMember(granted),
    ...Rfc6749.deadlineMember(grant, now),
    scope: "user:profile user:inference",
    account: { uuid: account, email_address: email },
    organization: { uuid: `organization-${account}` }
  }
}

const dead = { message: "Refresh token not found or invalid" }

const apiRefusal = (check: DeadAccess): Answer.Answer =>
  errorAnswer(
    401,
    "authentication_error",
    check._tag === "Revoked" ? "OAuth access token has been revoked." : "OAuth token has expired."
  )

export const anthropic: Protocol = {
  request: { ...formPost("/v1/oauth/token"), encodings: ["json"] },
  mint,
  success,
  refusal: Rfc6749.refusal({ reused: { message: "refresh_token_reused" }, revoked: dead, expired: dead }),
  apiRefusal,
  metering
}
