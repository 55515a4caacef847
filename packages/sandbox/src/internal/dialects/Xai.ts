/** `xai`: JWT access and id tokens; the model API refuses a bad token with 403. */
import { Effect } from "effect"
import { expirySeconds, idClaims, type Minting, opaqueRefreshToken, signJwt } from "../../Tokens.ts"
import * as Answer from "../Answer.ts"
import { type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"

const mint = Effect.fnUntraced(function* (minting: Minting) {
  return {
    accessToken: yield* signJwt(minting, {}),
    refreshToken: opaqueRefreshToken(),
    idToken: yield* signJwt(minting, { email: minting.subject.email, ...idClaims(minting) }),
    accessExpiresAt: expirySeconds(minting) * 1000
  }
})

const apiRefusal = () => {
  const code = "The caller does not have permission to execute the specified operation"
  const error = "The OAuth2 access token could not be validated. [WKE=unauthenticated:bad-credentials]"
  return Answer.json(403, { code, error }, code)
}

export const xai: Protocol = {
  request: formPost("/oauth2/token"),
  mint,
  success: Rfc6749.success,
  refusal: Rfc6749.refusal({ reused: { message: "Refresh token has been revoked" } }),
  apiRefusal,
  metering: null
}
