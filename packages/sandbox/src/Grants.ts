/**
 * What the authorization server knows: grants (refresh-token families), their tokens, and which of them are spent,
 * expired or revoked.
 *
 * Pure: every transition takes the state, the moment and freshly made tokens, and answers a result with the next state.
 * Invariant: under rotation a refresh token has at most one successor.
 */
import { HashMap, Option } from "effect"
import { type Grant, type Policy, refreshDeadline, type RevokedCode } from "./Grant.ts"
import { type TokenSet } from "./Tokens.ts"

/** Why the token endpoint refuses. */
export type Refusal =
  | "reused"
  | "expired"
  | "revoked"
  | "unknown"
  | "wrongClient"
  | "malformed"
  | "unsupportedGrantType"

interface Spent {
  readonly at: number
  readonly successor: TokenSet
}

interface RefreshToken {
  readonly grant: string
  readonly accessToken: string
  readonly expiresAt: number
  readonly spent: Spent | null
}

interface AccessToken {
  readonly grant: string
  readonly idToken: string | null
  readonly expiresAt: number
  readonly revoked: RevokedCode | null
}

export interface Grants {
  readonly grants: HashMap.HashMap<string, Grant>
  readonly refreshTokens: HashMap.HashMap<string, RefreshToken>
  readonly accessTokens: HashMap.HashMap<string, AccessToken>
}

export const empty: Grants = {
  grants: HashMap.empty(),
  refreshTokens: HashMap.empty(),
  accessTokens: HashMap.empty()
}

const withAccess = (state: Grants, grant: Grant, tokens: TokenSet): Grants => ({
  ...state,
  accessTokens: HashMap.set(state.accessTokens, tokens.accessToken, {
    grant: grant.id,
    idToken: tokens.idToken,
    expiresAt: tokens.accessExpiresAt,
    revoked: null
  })
})

const withTokens = (state: Grants, grant: Grant, tokens: TokenSet, now: number): Grants => ({
  ...withAccess(state, grant, tokens),
  refreshTokens: HashMap.set(state.refreshTokens, tokens.refreshToken, {
    grant: grant.id,
    accessToken: tokens.accessToken,
    expiresAt: refreshDeadline(grant, now),
    spent: null
  })
})

/** A new login. */
export const login = (state: Grants, grant: Grant, tokens: TokenSet, now: number): Grants =>
  withTokens({ ...state, grants: HashMap.set(state.grants, grant.id, grant) }, grant, tokens, now)

export interface RefreshRequest {
  readonly refreshToken: string
  readonly clientId: string | null
  readonly clientSecret: string | null
}

/**
 * `Rotated` spends the presented token; `Replayed` repeats an earlier rotation's answer; `Renewed` is a refresh without
 * rotation.
 */
export type RefreshResult =
  | { readonly _tag: "Rotated" | "Replayed" | "Renewed"; readonly grant: Grant; readonly tokens: TokenSet }
  | { readonly _tag: "Refused"; readonly grant: Grant | null; readonly refusal: Refusal }

const refused = (state: Grants, grant: Grant | null, refusal: Refusal): readonly [RefreshResult, Grants] => [
  { _tag: "Refused", grant, refusal },
  state
]

const replay = (state: Grants, grant: Grant, spent: Spent, now: number): readonly [RefreshResult, Grants] => {
  if (grant.policy.reuse === "grace" && now - spent.at <= grant.policy.graceMillis) {
    return [{ _tag: "Replayed", grant, tokens: spent.successor }, state]
  }
  const next = grant.policy.reuse === "revokeFamily" ? revoke(state, grant.id, "token_invalidated") : state
  return refused(next, grant, "reused")
}

const rotate = (
  state: Grants,
  grant: Grant,
  presented: string,
  token: RefreshToken,
  minted: TokenSet,
  now: number
): readonly [RefreshResult, Grants] => {
  const issued = withTokens(state, grant, minted, now)
  const spent = {
    ...issued,
    refreshTokens: HashMap.set(issued.refreshTokens, presented, { ...token, spent: { at: now, successor: minted } })
  }
  return [
    { _tag: "Rotated", grant, tokens: minted },
    grant.policy.revokePredecessorAccess ? revokeAccess(spent, token.accessToken, "token_revoked") : spent
  ]
}

const isItsClient = ({ clientId, clientSecret }: Policy, request: RefreshRequest): boolean =>
  (clientId === null || clientId === request.clientId) &&
  (clientSecret === null || clientSecret === request.clientSecret)

/**
 * A refresh (RFC 6749 section 6). `minted` is used only if a new set of tokens is due; otherwise it was never issued.
 */
export const refresh = (
  state: Grants,
  request: RefreshRequest,
  minted: TokenSet,
  now: number
): readonly [RefreshResult, Grants] => {
  const token = Option.getOrNull(HashMap.get(state.refreshTokens, request.refreshToken))
  const grant = token === null ? null : findGrant(state, token.grant)
  if (token === null || grant === null) return refused(state, null, "unknown")
  if (!isItsClient(grant.policy, request)) return refused(state, grant, "wrongClient")
  if (grant.revoked !== null) return refused(state, grant, "revoked")
  if (token.spent !== null) return replay(state, grant, token.spent, now)
  if (token.expiresAt <= now) return refused(state, grant, "expired")
  if (grant.policy.rotation === "off")
    return [{ _tag: "Renewed", grant, tokens: minted }, withAccess(state, grant, minted)]
  return rotate(state, grant, request.refreshToken, token, minted, now)
}

/** Kills the whole grant; the API then answers its access tokens with `code`. */
export const revoke = (state: Grants, grant: string, code: RevokedCode): Grants => ({
  ...state,
  grants: HashMap.modify(state.grants, grant, (found) => ({ ...found, revoked: code }))
})

const revokeAccess = (state: Grants, accessToken: string, code: RevokedCode): Grants => ({
  ...state,
  accessTokens: HashMap.modify(state.accessTokens, accessToken, (found) => ({ ...found, revoked: code }))
})

/** RFC 7009: a refresh token takes its grant with it, an access token dies alone, an unknown token changes nothing. */
export const revokeToken = (state: Grants, token: string): Grants =>
  Option.match(HashMap.get(state.refreshTokens, token), {
    onNone: () => revokeAccess(state, token, "token_revoked"),
    onSome: ({ grant }) => revoke(state, grant, "token_revoked")
  })

/** Makes every access token issued so far for the grant expired, whatever its own claims say. */
export const expireAccess = (state: Grants, grant: string): Grants => ({
  ...state,
  accessTokens: HashMap.map(state.accessTokens, (token) => (token.grant === grant ? { ...token, expiresAt: 0 } : token))
})

export type AccessCheck =
  | { readonly _tag: "Valid" | "Expired"; readonly grant: Grant }
  | { readonly _tag: "Revoked"; readonly grant: Grant; readonly code: RevokedCode }
  | { readonly _tag: "Unknown" }

/** What the model API finds about a bearer token. */
export const checkAccess = (state: Grants, accessToken: string, now: number): AccessCheck => {
  const token = Option.getOrNull(HashMap.get(state.accessTokens, accessToken))
  const grant = token === null ? null : findGrant(state, token.grant)
  if (token === null || grant === null) return { _tag: "Unknown" }
  const code = grant.revoked ?? token.revoked
  if (code !== null) return { _tag: "Revoked", grant, code }
  return token.expiresAt <= now ? { _tag: "Expired", grant } : { _tag: "Valid", grant }
}

export const findGrant = (state: Grants, id: string): Grant | null => Option.getOrNull(HashMap.get(state.grants, id))

/** The grant that a refresh token belongs to, spent or not. */
export const grantOf = (state: Grants, refreshToken: string): Grant | null =>
  Option.match(HashMap.get(state.refreshTokens, refreshToken), {
    onNone: () => null,
    onSome: (token) => findGrant(state, token.grant)
  })

export const isSpent = (state: Grants, refreshToken: string): boolean =>
  Option.exists(HashMap.get(state.refreshTokens, refreshToken), (token) => token.spent !== null)

/** Every token value that ever left this state: refresh, access and id tokens. */
export const issuedTokens = (state: Grants): ReadonlyArray<string> => [
  ...HashMap.keys(state.refreshTokens),
  ...HashMap.keys(state.accessTokens),
  ...Array.from(HashMap.values(state.accessTokens), (token) => token.idToken).filter((token) => token !== null)
]
