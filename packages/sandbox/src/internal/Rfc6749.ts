/** Token answers as RFC 6749 has them: the common ground from which most dialects depart in a word or two. */
import { Effect } from "effect"
import { type Grant, refreshDeadline } from "../Grant.ts"
import { type Refusal } from "../Grants.ts"
import { type Minting, mintOpaque, type TokenSet } from "../Tokens.ts"
import { type Answer } from "./Answer.ts"
import { type Granted } from "./Protocol.ts"
import { flat, type Wording } from "./Wording.ts"

const refusals: Record<Refusal, Wording> = {
  reused: { status: 400, code: "invalid_grant", message: "Refresh token reuse detected" },
  expired: { status: 400, code: "invalid_grant", message: "Refresh token has expired" },
  revoked: { status: 400, code: "invalid_grant", message: "Refresh token has been revoked" },
  unknown: { status: 400, code: "invalid_grant", message: "Refresh token not found or invalid" },
  wrongClient: { status: 401, code: "invalid_client", message: "Client authentication failed" },
  malformed: {
    status: 400,
    code: "invalid_request",
    message: "The request is missing a required parameter or is otherwise malformed"
  },
  unsupportedGrantType: {
    status: 400,
    code: "unsupported_grant_type",
    message: "Only grant_type=refresh_token is served"
  }
}

/** Refusals of section 5.2, with a provider's own words where it has some. */
export const refusal =
  (own: Partial<Record<Refusal, Partial<Wording>>> = {}): ((why: Refusal) => Answer) =>
  (why) =>
    flat({ ...refusals[why], ...own[why] })

/** The members of section 5.1. `lifetime` is seconds, `now` epoch milliseconds. */
export const tokenMembers = (grant: Grant, tokens: TokenSet, lifetime: number, now: number) => ({
  access_token: tokens.accessToken,
  ...(tokens.idToken === null ? {} : { id_token: tokens.idToken }),
  token_type: "Bearer",
  expires_in: lifetime,
  refresh_token: tokens.refreshToken,
  ...deadlineMember(grant, now)
})

/** How long the refresh token lives, if it does not live for ever. */
export const deadlineMember = (grant: Grant, now: number): { readonly refresh_token_expires_in?: number } => {
  const deadline = refreshDeadline(grant, now)
  return deadline === Infinity ? {} : { refresh_token_expires_in: Math.floor((deadline - now) / 1000) }
}

/** The refresh token, if one is handed out. */
export const refreshMember = ({ rotated, tokens }: Granted) => (rotated ? { refresh_token: tokens.refreshToken } : {})

/** Without rotation the answer carries no refresh token. */
export const success = (granted: Granted) => {
  const { grant, tokens, now } = granted
  const { refresh_token: _, ...others } = tokenMembers(grant, tokens, grant.policy.accessLifetime, now)
  return { ...others, ...refreshMember(granted) }
}

export const mint = ({ lifetime, now }: Minting): Effect.Effect<TokenSet> =>
  Effect.sync(() => mintOpaque(lifetime, now))
