/** The verdicts there are, as the classifier names them. */
import type { ApiVerdictName, TerminalReason, TransientReason } from "@daybook/pool/Verdict"

/** The type makes sure that none is missing. */
const all: { readonly [name in "Transient" | "Terminal" | ApiVerdictName | TerminalReason | TransientReason]: true } = {
  Terminal: true,
  Transient: true,
  AccessExpired: true,
  AccountClosed: true,
  BillingRequired: true,
  Borrowed: true,
  Busy: true,
  Denied: true,
  EdgeBlocked: true,
  Expired: true,
  GrantRevoked: true,
  LedgerUnavailable: true,
  Misconfigured: true,
  MissingRefreshToken: true,
  ModelUnavailable: true,
  Network: true,
  NotEntitled: true,
  OutcomeUnknown: true,
  Paused: true,
  QuotaExhausted: true,
  RateLimited: true,
  Removed: true,
  RequestFault: true,
  ResponseLost: true,
  Reused: true,
  Revoked: true,
  ServerError: true,
  StoreUnavailable: true,
  StruckOut: true,
  Unrecognized: true,
  UpstreamFault: true
}

export const verdicts: ReadonlyArray<string> = Object.keys(all)
