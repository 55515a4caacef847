/**
 * One login and how it behaves: a refresh-token family with its person, lifetimes and rotation policy.
 */
import { Schema } from "effect"
import { type Subject } from "./Tokens.ts"

/** The kind of provider that a grant imitates: in its endpoint, its requests, its tokens and its error bodies. */
export const Dialect = Schema.Literals([
  "codex",
  "generic",
  "topLevel",
  "xai",
  "nous",
  "anthropic",
  "qwen",
  "minimax",
  "kimi",
  "google",
  "copilot"
])
export type Dialect = typeof Dialect.Type

/** Dialects without rotation, whatever a grant's options say. */
const unrotated: ReadonlySet<Dialect> = new Set(["google", "copilot"])

/** The code with which the API calls a revoked access token dead. */
export const RevokedCode = Schema.Literals(["token_invalidated", "token_revoked"])
export type RevokedCode = typeof RevokedCode.Type

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
  /** If set, a token request must carry exactly this `client_id`; `copilot` requests carry none. */
  clientId: Schema.optionalKey(Schema.String),
  /** If set, a token request must carry exactly this `client_secret`. */
  clientSecret: Schema.optionalKey(Schema.String),
  accessLifetime: Schema.optionalKey(Schema.Int),
  /** Lifetime of the access token handed out by the login itself; `accessLifetime` if absent. */
  firstAccessLifetime: Schema.optionalKey(Schema.Int),
  /** Life of each refresh token, counted from its own issue. */
  refreshLifetime: Schema.optionalKey(Schema.Int),
  /** Life of the whole grant, counted from the login and never extended. */
  grantLifetime: Schema.optionalKey(Schema.Int),
  /** `on` if absent; `google` and `copilot` never rotate. */
  rotation: Schema.optionalKey(Schema.Literals(["on", "off"])),
  reuse: Schema.optionalKey(ReusePolicy),
  graceMillis: Schema.optionalKey(Schema.Int),
  /** Whether a rotation kills the access token that came with the spent refresh token. */
  revokePredecessorAccess: Schema.optionalKey(Schema.Boolean)
})
export type GrantOptions = typeof GrantOptions.Type

export interface Policy {
  readonly clientId: string | null
  readonly clientSecret: string | null
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

/** A grant as `options` describe it; `account` and `id` are used where the options leave them open. */
export const newGrant = (options: GrantOptions, id: string, account: string, now: number): Grant => {
  const owner = options.account ?? account
  const accessLifetime = options.accessLifetime ?? 3600
  const dialect = options.dialect ?? "codex"
  return {
    id,
    dialect,
    subject: {
      account: owner,
      user: `user-${owner}`,
      email: options.email ?? `${owner}@sandbox.test`,
      plan: options.plan ?? "plus"
    },
    policy: {
      clientId: options.clientId ?? null,
      clientSecret: options.clientSecret ?? null,
      accessLifetime,
      firstAccessLifetime: options.firstAccessLifetime ?? accessLifetime,
      refreshLifetime: options.refreshLifetime ?? Infinity,
      grantLifetime: options.grantLifetime ?? Infinity,
      rotation: unrotated.has(dialect) ? "off" : (options.rotation ?? "on"),
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
