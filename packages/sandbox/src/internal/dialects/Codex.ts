/** `codex`: JWTs with the claims that the vendor's clients read; errors nested under `error`. */
import { Effect } from "effect"
import {
  type Subject,
  authClaim,
  expirySeconds,
  idClaims,
  type Minting,
  opaqueRefreshToken,
  signJwt
} from "../../Tokens.ts"
import { type Refusal } from "../../Grants.ts"
import * as Answer from "../Answer.ts"
import { type DeadAccess, type Protocol } from "../Protocol.ts"
import { formPost, type RequestForm } from "../RequestForm.ts"
import * as Rfc6749 from "../Rfc6749.ts"
import { type Wording } from "../Wording.ts"
import { metering } from "./CodexQuota.ts"

/** A form or JSON, from whoever holds the token. */
export const request: RequestForm = { ...formPost("/oauth/token"), encodings: ["form", "json"], client: "optional" }

const refusals: Record<Refusal, Wording> = {
  reused: { status: 401, code: "refresh_token_reused", message: "This refresh token was already used. Sign in again." },
  expired: { status: 401, code: "refresh_token_expired", message: "This refresh token has expired. Sign in again." },
  revoked: { status: 401, code: "refresh_token_invalidated", message: "This session has ended. Sign in again." },
  unknown: { status: 401, code: "invalid_refresh_token", message: "This refresh token is not known." },
  wrongClient: { status: 400, code: "invalid_client", message: "Invalid client credentials." },
  malformed: {
    status: 400,
    code: "invalid_request",
    message: "Invalid 'refresh_token': a non-empty string is needed."
  },
  unsupportedGrantType: {
    status: 400,
    code: "unsupported_grant_type",
    message: "Only grant_type=refresh_token is served."
  }
}

const apiWording = (check: DeadAccess): Wording =>
  check._tag === "Revoked"
    ? { status: 401, code: check.code, message: "Your authentication token has been invalidated. Sign in again." }
    : { status: 401, code: "token_expired", message: "The authentication token is expired. Sign in again." }

/** The vendor's words in a shape of error body. */
export const saying = (shape: (wording: Wording) => unknown): Pick<Protocol, "refusal" | "apiRefusal"> => {
  const answer = (wording: Wording) => Answer.json(wording.status, shape(wording), wording.code)
  return { refusal: (why) => answer(refusals[why]), apiRefusal: (check) => answer(apiWording(check)) }
}

const account = (subject: Subject) => ({
  chatgpt_account_id: subject.account,
  chatgpt_plan_type: subject.plan,
  chatgpt_user_id: subject.user
})

const mint = Effect.fnUntraced(function* (minting: Minting) {
  const auth = { [authClaim]: account(minting.subject) }
  const person = { email: minting.subject.email, email_verified: true }
  return {
    accessToken: yield* signJwt(minting, auth),
    refreshToken: opaqueRefreshToken(),
    idToken: yield* signJwt(minting, { ...auth, ...person, ...idClaims(minting) }),
    accessExpiresAt: expirySeconds(minting) * 1000
  }
})

export const codex: Protocol = {
  request,
  mint,
  success: Rfc6749.success,
  ...saying(({ code, message }) => ({ error: { message, type: "invalid_request_error", param: null, code } })),
  metering
}
