/**
 * What a call does after its credential was refused: try another token of the same credential, go on to the next one, or
 * let the provider's answer stand. It says why, in words for people. Pure.
 */
import type { ApiVerdict, ApiVerdictName } from "../Verdict.ts"

export interface Tried {
  /** How often the request was sent, with whatever credential. */
  readonly sent: number
  readonly mostSent: number
  /** This credential was refused before in this call, and got another token since. */
  readonly renewed: boolean
  /** The pool has another access token for it than the one that was sent: somebody refreshed it, or logged in again. */
  readonly moved: boolean
  /** The caller asked for this credential and no other. */
  readonly named: boolean
  /** Whether the request can be sent once more. */
  readonly repeatable: boolean
}

export interface NextStep {
  readonly next: "renew" | "next credential" | "give up"
  readonly why: string
}

export const nextStep = ({ verdict }: ApiVerdict, tried: Tried): NextStep => {
  const wanted = wantedAfter(verdict, tried)
  const obstacle = wanted.next === "give up" ? undefined : obstacleTo(wanted, tried)
  return obstacle === undefined ? wanted : { next: "give up", why: `${wanted.why}, but ${obstacle}` }
}

/** After a renewal that gave no token. */
export const withoutRenewal = (why: string, { named }: Tried): NextStep => ({
  next: named ? "give up" : "next credential",
  why: `there is no other access token for it: ${why}`
})

const wantedAfter = (verdict: ApiVerdictName, { moved, renewed }: Tried): NextStep => {
  const mayRenew = verdict === "AccessExpired" || (verdict === "GrantRevoked" && moved)
  if (mayRenew && !renewed) return { next: "renew", why: meaning[verdict] }
  if (verdict === "UpstreamFault" || verdict === "RequestFault") return { next: "give up", why: meaning[verdict] }
  return { next: "next credential", why: verdict === "AccessExpired" ? refusedAgain : meaning[verdict] }
}

const obstacleTo = ({ next }: NextStep, { mostSent, named, repeatable, sent }: Tried): string | undefined => {
  if (!repeatable) return "the body of this request cannot be sent a second time"
  if (sent >= mostSent) return `the request was sent ${sent === 1 ? "once" : `${sent} times`}, which is the most`
  return named && next === "next credential" ? "no other credential was asked for" : undefined
}

const refusedAgain = "the API refused its next access token too"

const meaning: Readonly<Record<ApiVerdictName, string>> = {
  AccessExpired: "the API does not take its access token any more",
  GrantRevoked: "its login was revoked",
  QuotaExhausted: "its quota is used up",
  RateLimited: "it is asked for too much at a time",
  BillingRequired: "its account has no credit",
  NotEntitled: "its account may not do this",
  ModelUnavailable: "its account does not have this model",
  UpstreamFault: "something went wrong at the provider, with any credential",
  RequestFault: "the request itself was refused, with any credential"
}
