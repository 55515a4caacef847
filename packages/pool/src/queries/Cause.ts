/**
 * Why a login fails, in a closed list: what went wrong, as far as a ledger can show it. Two more words stand beside the
 * causes for what is no fault: nothing is wrong, or a person wanted it so.
 */
import { Schema } from "effect"

export const Cause = Schema.Literals([
  "raced",
  "replayed",
  "answer-lost",
  "revoked",
  "expired",
  "idle",
  "quota",
  "misconfigured",
  "entitlement",
  "unknown"
])
export type Cause = typeof Cause.Type

/** A cause, or why there is none. */
export const CauseWord = Schema.Literals([...Cause.literals, "healthy", "operator"])
export type CauseWord = typeof CauseWord.Type

/** What each says, in one sentence. */
export const causeSentences: { readonly [word in CauseWord]: string } = {
  raced: "Somebody else moved the login on first: two users held one refresh token, and one of them won.",
  replayed: "A program outside this ledger spent the refresh token, so the provider refused it as used.",
  "answer-lost": "A request that may have spent the refresh token was never answered, or its answer was not kept.",
  revoked: "The provider ended the login: it was revoked or its account was closed.",
  expired: "The login reached its end: its deadline passed, or its token ran out and could not be renewed.",
  idle: "The login was not refreshed for longer than its provider lets one rest.",
  quota: "The account has used up its quota or its rate, or has to be paid for.",
  misconfigured: "The request itself is wrong, not the login: the client, the scope or the settings.",
  entitlement: "The login works, and the account is not entitled to what was asked for.",
  unknown: "The ledger does not show the cause.",
  healthy: "Nothing is wrong with it.",
  operator: "A person wanted it so: it was paused, removed or logged out."
}
