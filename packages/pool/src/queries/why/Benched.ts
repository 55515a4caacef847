/** Why a credential is benched: what the model API said, to it or to another credential of its account. */
import type { EventOf } from "../../Event.ts"
import type { Cooldown } from "../../PoolState.ts"
import type { Envelope, Recorded } from "../../Recorded.ts"
import type { ApiVerdictName } from "../../Verdict.ts"
import type { CauseWord } from "../Cause.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { answer, moment } from "./Words.ts"

const causes: Readonly<Record<ApiVerdictName, CauseWord>> = {
  QuotaExhausted: "quota",
  RateLimited: "quota",
  BillingRequired: "quota",
  NotEntitled: "entitlement",
  ModelUnavailable: "entitlement",
  GrantRevoked: "revoked",
  AccessExpired: "unknown",
  UpstreamFault: "unknown",
  RequestFault: "unknown"
}

const apiSays: Readonly<Record<ApiVerdictName, string>> = {
  QuotaExhausted: "The account has used up its quota",
  RateLimited: "The account asked too often",
  BillingRequired: "The account has to be paid for",
  NotEntitled: "The account may not do this",
  ModelUnavailable: "The account does not have the model",
  GrantRevoked:
    "The model API says that the login was ended, and the policy benches it for that instead of calling it dead",
  AccessExpired: "The model API refuses its access token, and the policy benches it for that",
  UpstreamFault: "The model API failed",
  RequestFault: "The model API refused the request"
}

/** Of a bench, whoever of the account met it. */
export const benchFinding = (
  { credential, events }: Case,
  bench: Cooldown & { readonly of?: string; readonly model?: string }
): Finding => {
  const begun = events.findLast(
    (event): event is Envelope & EventOf<"CooldownStarted"> =>
      event.type === "CooldownStarted" &&
      event.data.model === bench.model &&
      event.credential === (bench.of ?? credential.id)
  )
  const refusal = refusalOf(events, begun)
  const evidence = refusal?.type === "ApiOutcomeObserved" ? refusal.data.evidence : undefined
  const said = evidence === undefined ? "" : ` (${answer(evidence)})`
  const who =
    bench.of === undefined || bench.of === credential.id ? "" : `, as its other credential ${bench.of} was told`
  const what = bench.model === undefined ? "it is" : `model ${bench.model} is`
  const says = `${apiSays[bench.reason]}${said}${who}; ${what} benched until ${moment(bench.until)}.`
  return finding(causes[bench.reason], says, [refusal, begun])
}

const refusalOf = (events: ReadonlyArray<Recorded>, begun: Recorded | undefined): Recorded | undefined => {
  const classified = events.find(({ id }) => id === begun?.cause)
  return events.find(({ id }) => id === classified?.cause)
}

export const cooling = (one: Case): Finding | undefined => {
  const { reason, sameAccountAs, until, word } = one.status
  return word !== "cooling" || until === undefined || !isApiVerdict(reason)
    ? undefined
    : benchFinding(one, { reason, until, ...(sameAccountAs === undefined ? {} : { of: sameAccountAs }) })
}

const isApiVerdict = (reason: string | undefined): reason is ApiVerdictName =>
  reason !== undefined && Object.hasOwn(causes, reason)
