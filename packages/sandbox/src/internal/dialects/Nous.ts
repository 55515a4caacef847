/** `nous`: the refresh token travels in a header of its own, and never in the body; the access token is a JWT. */
import { Effect } from "effect"
import { expirySeconds, type Minting, opaqueRefreshToken, signJwt } from "../../Tokens.ts"
import { type Granted, type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import * as Rfc6750 from "../Rfc6750.ts"

const scope = "inference:invoke"

const mint = Effect.fnUntraced(function* (minting: Minting) {
  return {
    accessToken: yield* signJwt(minting, { scope }),
    refreshToken: opaqueRefreshToken(),
    idToken: null,
    accessExpiresAt: expirySeconds(minting) * 1000
  }
})

const success = (granted: Granted) => ({
  access_token: granted.tokens.accessToken,
  ...Rfc6749.refreshMember(granted),
  token_type: "Bearer",
  expires_in: granted.grant.policy.accessLifetime,
  scope,
  inference_base_url: `${granted.origin}/v1`
})

export const nous: Protocol = {
  request: { ...formPost("/api/oauth/token"), tokenHeader: { name: "x-nous-refresh-token" } },
  mint,
  success,
  refusal: Rfc6749.refusal({
    reused: { message: "Refresh token reuse detected; please re-authenticate" },
    revoked: { message: "Refresh session has been revoked" }
  }),
  apiRefusal: Rfc6750.refusal,
  metering: null
}
