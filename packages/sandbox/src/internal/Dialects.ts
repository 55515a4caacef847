/**
 * How each kind of provider spells success and refusal on the wire. Wire names stand in this file and nowhere else.
 *
 * `codex`: errors nested under `error`. `generic`: the flat members of RFC 6749 section 5.2. `topLevel`: `code` and
 * `message` at the top.
 */
import * as Answer from "./Answer.ts"
import { type Dialect, type Grant, refreshDeadline } from "../Grant.ts"
import { type AccessCheck, type Refusal } from "../Grants.ts"
import { type TokenSet } from "../Tokens.ts"

interface Wording {
  readonly status: number
  readonly code: string
  readonly message: string
}

const codexRefusals: Record<Refusal, Wording> = {
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

const flatRefusals: Record<Refusal, Wording> = {
  reused: { status: 400, code: "invalid_grant", message: "Refresh token reuse detected" },
  expired: { status: 400, code: "invalid_grant", message: "Refresh token has expired" },
  revoked: { status: 400, code: "invalid_grant", message: "Refresh token has been revoked" },
  unknown: { status: 400, code: "invalid_grant", message: "Refresh token not found or invalid" },
  wrongClient: { status: 401, code: "invalid_client", message: "Client authentication failed" },
  malformed: { status: 400, code: "invalid_request", message: "A form or JSON body with refresh_token is needed" },
  unsupportedGrantType: {
    status: 400,
    code: "unsupported_grant_type",
    message: "Only grant_type=refresh_token is served"
  }
}

const errorBody: Record<Dialect, (wording: Wording) => unknown> = {
  codex: ({ code, message }) => ({ error: { message, type: "invalid_request_error", param: null, code } }),
  generic: ({ code, message }) => ({ error: code, error_description: message }),
  topLevel: ({ code, message }) => ({ code, message })
}

const errorAnswer = (dialect: Dialect, wording: Wording) =>
  Answer.json(wording.status, errorBody[dialect](wording), wording.code)

/** A refusal of the token endpoint. */
export const refusal = (dialect: Dialect, why: Refusal): Answer.Answer =>
  errorAnswer(dialect, (dialect === "generic" ? flatRefusals : codexRefusals)[why])

/** The members of a token answer (RFC 6749 section 5.1). `lifetime` is seconds, `now` epoch milliseconds. */
export const tokenMembers = (grant: Grant, tokens: TokenSet, lifetime: number, now: number) => {
  const deadline = refreshDeadline(grant, now)
  return {
    access_token: tokens.accessToken,
    ...(tokens.idToken === null ? {} : { id_token: tokens.idToken }),
    token_type: "Bearer",
    expires_in: lifetime,
    refresh_token: tokens.refreshToken,
    ...(deadline === Infinity ? {} : { refresh_token_expires_in: Math.floor((deadline - now) / 1000) })
  }
}

/** A successful refresh; without rotation the answer carries no refresh token. */
export const success = (grant: Grant, tokens: TokenSet, rotated: boolean, now: number): Answer.Answer => {
  const { refresh_token, ...others } = tokenMembers(grant, tokens, grant.policy.accessLifetime, now)
  return Answer.json(200, rotated ? { ...others, refresh_token } : others)
}

const apiWording = (check: Exclude<AccessCheck, { _tag: "Valid" | "Unknown" }>): Wording =>
  check._tag === "Revoked"
    ? { status: 401, code: check.code, message: "Your authentication token has been invalidated. Sign in again." }
    : { status: 401, code: "token_expired", message: "The authentication token is expired. Sign in again." }

/**
 * A refusal of the model API. The generic dialect speaks RFC 6750 section 3.1; a token nobody knows gets a 401 without
 * a code.
 */
export const apiRefusal = (check: Exclude<AccessCheck, { _tag: "Valid" }>): Answer.Answer => {
  if (check._tag === "Unknown") {
    return Answer.withHeaders(Answer.json(401, { error: { message: "Unauthorized" } }), {
      "www-authenticate": "Bearer"
    })
  }
  const wording = apiWording(check)
  if (check.grant.dialect !== "generic") return errorAnswer(check.grant.dialect, wording)
  const description = check._tag === "Revoked" ? "The access token was revoked" : "The access token expired"
  return Answer.withHeaders(errorAnswer("generic", { ...wording, code: "invalid_token", message: description }), {
    "www-authenticate": `Bearer error="invalid_token", error_description="${description}"`
  })
}
