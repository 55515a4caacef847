/**
 * `copilot`: the GitHub token stands for the refresh token and never changes; a GET derives a Copilot token from it,
 * which stands for the access token.
 */
import { Effect } from "effect"
import { expirySeconds, type Minting, random, randomHex } from "../../Tokens.ts"
import { type Refusal } from "../../Grants.ts"
import * as Answer from "../Answer.ts"
import { type Granted, type Protocol } from "../Protocol.ts"
import { type RequestForm } from "../RequestForm.ts"
import * as Rfc6750 from "../Rfc6750.ts"

const request: RequestForm = {
  method: "GET",
  path: "/copilot_internal/v2/token",
  encodings: [],
  tokenHeader: { name: "authorization", scheme: "token" },
  headers: ["editor-version"],
  client: "optional"
}

const copilotToken = (exp: number) =>
  `tid=${randomHex()};exp=${exp};sku=sandbox;proxy-ep=proxy.sandbox.test:${random()}`

const mint = (minting: Minting) =>
  Effect.sync(() => {
    const exp = expirySeconds(minting)
    return {
      accessToken: copilotToken(exp),
      refreshToken: `gho_${random()}`,
      idToken: null,
      accessExpiresAt: exp * 1000
    }
  })

/** `refresh_in` leaves a sixth of the token's life. */
const success = ({ grant, tokens, origin }: Granted) => ({
  token: tokens.accessToken,
  expires_at: tokens.accessExpiresAt / 1000,
  refresh_in: Math.floor((grant.policy.accessLifetime * 5) / 6),
  endpoints: { api: origin }
})

const errorAnswer = (status: number, message: string) =>
  Answer.json(status, { message, documentation_url: "https://docs.github.com/rest", status: String(status) })

const refusal = (why: Refusal) =>
  why === "malformed" ? errorAnswer(400, "Bad Request") : errorAnswer(401, "Bad credentials")

export const copilot: Protocol = {
  request,
  mint,
  success,
  refusal,
  apiRefusal: Rfc6750.refusal,
  metering: null
}
