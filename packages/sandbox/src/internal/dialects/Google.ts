/** `google`: one refresh token until it is revoked, for clients that have a secret. */
import { Effect } from "effect"
import { expirySeconds, idClaims, type Minting, random, signJwt } from "../../Tokens.ts"
import * as Answer from "../Answer.ts"
import { type Granted, type Protocol } from "../Protocol.ts"
import { formPost } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"

const mint = Effect.fnUntraced(function* (minting: Minting) {
  return {
    accessToken: `ya29.${random()}`,
    refreshToken: `1//${random()}`,
    idToken: yield* signJwt(minting, { email: minting.subject.email, ...idClaims(minting) }),
    accessExpiresAt: expirySeconds(minting) * 1000
  }
})

const success = (granted: Granted) => ({
  access_token: granted.tokens.accessToken,
  expires_in: granted.grant.policy.accessLifetime,
  ...Rfc6749.refreshMember(granted),
  scope: "openid https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email",
  token_type: "Bearer",
  id_token: granted.tokens.idToken
})

const dead = { message: "Token has been expired or revoked." }

const apiRefusal = () => {
  const status = "UNAUTHENTICATED"
  return Answer.json(
    401,
    { error: { code: 401, message: "Request had invalid authentication credentials.", status } },
    status
  )
}

export const google: Protocol = {
  request: { ...formPost("/token"), client: "asRegistered" },
  mint,
  success,
  refusal: Rfc6749.refusal({
    reused: dead,
    expired: dead,
    revoked: dead,
    unknown: { message: "Bad Request" },
    wrongClient: { message: "Unauthorized" }
  }),
  apiRefusal,
  metering: null
}
