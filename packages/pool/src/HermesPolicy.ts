/**
 * How hermes decides, in the terms of our policy: for whoever changes over in steps, and to see what its rules would have
 * made of a history. What it does to a login that is not a matter of policy is not copied: docs/policy.md says what.
 */
import { type BenchRow, defaults, hour, minute, type Policy } from "./Policy.ts"
import type { ApiVerdictName } from "./Verdict.ts"

/** Longer than any instant is away. */
const unlimited = Number.MAX_SAFE_INTEGER

const year = 365 * 24 * hour

/** With a 401, hermes never takes a login back that was refused under one of these. */
const deadCodes = [
  "token_invalidated",
  "token_revoked",
  "invalid_token",
  "invalid_grant",
  "unauthorized_client",
  "refresh_token_reused"
]

/** Under a 400, what speaks of money without one of these is not sure. */
const billingCodes = ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "payment_required"]

const benches: ReadonlyArray<BenchRow> = [
  { verdicts: ["ModelUnavailable"], millis: year },
  { statuses: [402], millis: 1 * hour },
  { verdicts: ["BillingRequired"], statuses: [400], withoutCodes: billingCodes, millis: 1 * minute },
  { verdicts: ["BillingRequired"], millis: 1 * hour },
  { statuses: [401], millis: 5 * minute },
  { verdicts: ["GrantRevoked"], withoutCodes: deadCodes, millis: 5 * minute },
  { sole: true, millis: 1 * minute }
]

export const hermes: Policy = {
  ...defaults,
  deniedBackoff: { first: 5 * minute, most: 5 * minute },
  cooldownMost: unlimited,
  cooldown: {
    QuotaExhausted: 1 * hour,
    RateLimited: 1 * hour,
    BillingRequired: 1 * hour,
    NotEntitled: 1 * hour,
    ModelUnavailable: year
  },
  benches,
  anyReset: true,
  terminal: [
    { provider: "openai-codex", statuses: [401, 403], uncoded: true },
    { provider: "xai-oauth", statuses: [400, 401] },
    { provider: "nous", statuses: [401, 403], uncoded: true }
  ]
}

const revoked: ReadonlyArray<ApiVerdictName> = ["GrantRevoked"]

/** Before hermes knew of logins that never come back: a revoked one was benched for an hour, and came back every hour. */
export const olderHermes: Policy = { ...hermes, benches: [{ verdicts: revoked, millis: 1 * hour }, ...benches] }
