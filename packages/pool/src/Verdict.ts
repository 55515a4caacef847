/**
 * What a response means. A verdict about the token endpoint is Transient (the grant is presumed alive)
 * or Terminal (this generation is dead); a verdict about a model API names what is wrong there.
 */
import { Schema } from "effect"
import type { Instant } from "./Instant.ts"

export const TransientReason = Schema.Literals([
  /** The request provably never left. */
  "Network",
  "RateLimited",
  "ServerError",
  /** Something before the provider answered: a challenge page, a redirect. */
  "EdgeBlocked",
  /** The request left and no readable answer came; the token may be spent. */
  "OutcomeUnknown",
  /** The request itself is wrong, for every grant alike. */
  "Misconfigured",
  /** Not entitled; a new login would not help. */
  "Denied",
  "Unrecognized",
  /** Too many unrecognised answers for one generation. */
  "StruckOut",
  /** Another program owns the grant and must be run to refresh it. */
  "Borrowed",
  /** Another holder has the grant's lock and the wait ended. */
  "Busy",
  "StoreUnavailable",
  "LedgerUnavailable",
  /** An operator took the credential out of use. */
  "Paused",
  "Removed"
])
export type TransientReason = typeof TransientReason.Type

export const TerminalReason = Schema.Literals([
  "Reused",
  "Expired",
  "Revoked",
  "AccountClosed",
  "MissingRefreshToken",
  /** The answer to a spent token was lost and a replay of it was refused. */
  "ResponseLost"
])
export type TerminalReason = typeof TerminalReason.Type

export const ApiVerdictName = Schema.Literals([
  "AccessExpired",
  "GrantRevoked",
  "QuotaExhausted",
  "RateLimited",
  "BillingRequired",
  "NotEntitled",
  "ModelUnavailable",
  "UpstreamFault",
  "RequestFault"
])
export type ApiVerdictName = typeof ApiVerdictName.Type

interface RuleFired {
  /** Id of the rule that matched first, such as `codes/invalid_grant`. */
  readonly rule: string
}

export interface TransientVerdict extends RuleFired {
  readonly verdict: "Transient"
  readonly reason: TransientReason
  /** Not before this instant, as the response said it. */
  readonly until?: Instant
  /** Groups equal answers, so that one outage is not counted against each grant. */
  readonly shape?: string
}

export interface TerminalVerdict extends RuleFired {
  readonly verdict: "Terminal"
  readonly reason: TerminalReason
  /** Believed only after another look at authority, ledger and stash. */
  readonly confirm: boolean
}

/** About a token endpoint's refusal or fault. */
export type TokenVerdict = TransientVerdict | TerminalVerdict

/** About a model API's refusal. */
export interface ApiVerdict extends RuleFired {
  readonly verdict: ApiVerdictName
  readonly scope: "credential" | "model"
  readonly until?: Instant
}
