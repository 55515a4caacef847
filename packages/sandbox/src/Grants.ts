/**
 * What the authorization server knows: grants (refresh-token families), their tokens, and which of them are spent,
 * expired or revoked.
 *
 * Pure: every transition takes the state, the moment and freshly made tokens, and answers a result with the next state.
 * Invariant: under rotation a refresh token has at most one successor.
 */
import { HashMap, Option, Schema } from "effect"
import { type Subject, type TokenSet } from "./Tokens.ts"

/** The kind of provider that a grant imitates, in its tokens and its error bodies. */
export const Dialect = Schema.Literals(["codex", "generic", "topLevel"])
export type Dialect = typeof Dialect.Type

/** The code with which the API calls a revoked access token dead. */
export const RevokedCode = Schema.Literals(["token_invalidated", "token_revoked"])
export type RevokedCode = typeof RevokedCode.Type

/** Why the token endpoint refuses. */
export type Refusal =
  | "reused"
  | "expired"
  | "revoked"
  | "unknown"
  | "wrongClient"
  | "malformed"
  | "unsupportedGrantType"

/**
 * What happens when a spent refresh token comes again. `reject`: refused, nothing else changes. `revokeFamily`:
 * refused, and the grant with all its tokens dies. `grace`: within `graceMillis` of the rotation it is answered with
 * the same successor again, whatever happened to that successor since; later it is refused.
 */
export const ReusePolicy = Schema.Literals(["reject", "revokeFamily", "grace"])
export type ReusePolicy = typeof ReusePolicy.Type

/** How a login behaves. Lifetimes are seconds; zero or less means that the token is born expired. */
export const GrantOptions = Schema.Struct({
  dialect: Schema.optionalKey(Dialect),
  account: Schema.optionalKey(Schema.String),
  email: Schema.optionalKey(Schema.String),
  plan: Schema.optionalKey(Schema.String),
  /** If set, a token request must carry exactly this `client_id`. */
  clientId: Schema.optionalKey(Schema.String),
  accessLifetime: Schema.optionalKey(Schema.Int),
  /** Lifetime of the access token handed out by the login itself; `accessLifetime` if absent. */
  firstAccessLifetime: Schema.optionalKey(Schema.Int),
  /** Life of each refresh token, counted from its own issue. */
  refreshLifetime: Schema.optionalKey(Schema.Int),
  /** Life of the whole grant, counted from the login and never extended. */
  grantLifetime: Schema.optionalKey(Schema.Int),
  rotation: Schema.optionalKey(Schema.Literals(["on", "off"])),
  reuse: Schema.optionalKey(ReusePolicy),
  graceMillis: Schema.optionalKey(Schema.Int),
  /** Whether a rotation kills the access token that came with the spent refresh token. */
  revokePredecessorAccess: Schema.optionalKey(Schema.Boolean)
})
export type GrantOptions = typeof GrantOptions.Type

export interface Policy {
  readonly clientId: string | null
  readonly accessLifetime: number
  readonly firstAccessLifetime: number
  readonly refreshLifetime: number
  readonly grantLifetime: number
  readonly rotation: "on" | "off"
  readonly reuse: ReusePolicy
  readonly graceMillis: number
  readonly revokePredecessorAccess: boolean
}

export interface Grant {
  readonly id: string
  readonly dialect: Dialect
  readonly subject: Subject
  readonly policy: Policy
  readonly loggedInAt: number
  /** How the API calls this grant's tokens dead, once the grant is revoked. */
  readonly revoked: RevokedCode | null
}

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

/** A grant as `options` describe it; `account` and `id` are used where the options leave them open. */
export const newGrant = (options: GrantOptions, id: string, account: string, now: number): Grant => {
  const owner = options.account ?? account
  const accessLifetime = options.accessLifetime ?? 3600
  return {
    id,
    dialect: options.dialect ?? "codex",
    subject: {
      account: owner,
      user: `user-${owner}`,
      email: options.email ?? `${owner}@sandbox.test`,
      plan: options.plan ?? "plus"
    },
    policy: {
      clientId: options.clientId ?? null,
      accessLifetime,
      firstAccessLifetime: options.firstAccessLifetime ?? accessLifetime,
      refreshLifetime: options.refreshLifetime ?? Infinity,
      grantLifetime: options.grantLifetime ?? Infinity,
      rotation: options.rotation ?? "on",
      reuse: options.reuse ?? "reject",
      graceMillis: options.graceMillis ?? 0,
      revokePredecessorAccess: options.revokePredecessorAccess ?? false
    },
    loggedInAt: now,
    revoked: null
  }
}

/** When a refresh token of this grant issued at `now` dies, in epoch milliseconds; `Infinity` if never. */
export const refreshDeadline = (grant: Grant, now: number): number =>
  Math.min(now + grant.policy.refreshLifetime * 1000, grant.loggedInAt + grant.policy.grantLifetime * 1000)

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
  if (grant.policy.clientId !== null && grant.policy.clientId !== request.clientId)
    return refused(state, grant, "wrongClient")
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
