/** `kimi`: RFC 6749 as it stands, from clients that say on which platform they run. */
import { type Granted, type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import * as Rfc6750 from "../Rfc6750.ts"

const success = (granted: Granted) => ({
  access_token: granted.tokens.accessToken,
  ...Rfc6749.refreshMember(granted),
  expires_in: granted.grant.policy.accessLifetime,
  scope: "kimi-code",
  token_type: "Bearer"
})

export const kimi: Protocol = {
  request: { ...formPost("/api/oauth/token"), headers: ["x-msh-platform"] },
  mint: Rfc6749.mint,
  success,
  refusal: Rfc6749.refusal(),
  apiRefusal: Rfc6750.refusal,
  metering: null
}
