/** What the pool does about a verdict, in a sentence or two. */
import type { ApiVerdict, ApiVerdictName, TokenVerdict, TransientReason } from "@daybook/pool/Verdict"

export const meaningOf = (verdict: TokenVerdict | ApiVerdict): string => {
  if (verdict.verdict === "Terminal") {
    return verdict.confirm
      ? "The pool looks three more times within 3 s whether another program refreshed it. If not, the login is dead, and somebody must log in again."
      : "The login is dead. Somebody must log in again."
  }
  return verdict.verdict === "Transient" ? transient[verdict.reason] : api[verdict.verdict]
}

const transient: Readonly<Record<TransientReason, string>> = {
  Network: "Nothing was sent. It is tried again after a pause.",
  RateLimited: "The login lives. It is tried again when the provider allows it.",
  ServerError: "The token that was sent may be spent. It is not sent again while its access token is good.",
  EdgeBlocked: "Something before the provider answered. The login lives, and is tried again after a pause.",
  OutcomeUnknown: "The token that was sent may be spent. It is not sent again while its access token is good.",
  Misconfigured: "The request is wrong for every login alike. Nothing is held against this one.",
  Denied: "The login lives and may not do this. Logging in again does not help.",
  Unrecognized:
    "Nobody knows this answer. The login is taken to live; after three in different minutes it is left alone for an hour.",
  StruckOut: "Too many answers that nobody knows. It is left alone for a while.",
  Borrowed: "Another program owns the login. Run it.",
  Busy: "Another process is at it.",
  StoreUnavailable: "The store cannot be used.",
  LedgerUnavailable: "The ledger cannot be used.",
  Paused: "An operator took the credential out of use. Nothing is sent with it.",
  Removed: "An operator took the credential out of the pool."
}

const api: Readonly<Record<ApiVerdictName, string>> = {
  AccessExpired: "The access token is over. One refresh is forced.",
  GrantRevoked:
    "The login is dead, and never comes back by waiting. Somebody must log in again, or put a new key in its place.",
  QuotaExhausted:
    "The credential is benched until its quota is free again, for a day at most; then it is looked at again.",
  RateLimited: "The credential is benched for as long as the provider says, or a minute.",
  BillingRequired: "The credential is benched for an hour. Somebody must pay.",
  NotEntitled: "The credential may not do this. It is benched for a day; neither a refresh nor a login helps.",
  ModelUnavailable: "The credential is benched for this model only.",
  UpstreamFault: "Nothing is held against the credential.",
  RequestFault: "The request is wrong. Nothing is held against the credential."
}
