/**
 * What follows from a failed refresh and its verdict. A Transient verdict says when to try again and
 * whether the token may be spent; a Terminal one condemns the generation that was sent, and no other.
 */
import { HashMap, Option } from "effect"
import type { GenerationRef } from "../Generation.ts"
import type { CredentialId, EventId, GrantId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { grantById, suspicionOf, type Condemned, type Failure, type Grant, type PoolState } from "../PoolState.ts"
import type { Draft } from "../Recorded.ts"
import type { ReplayPolicy } from "../ReplayPolicy.ts"
import type { TerminalReason, TerminalVerdict, TokenVerdict, TransientVerdict } from "../Verdict.ts"
import { ceiling, jittered, type Range } from "./Backoff.ts"

export interface FailureContext {
  readonly grant: GrantId
  readonly credential: CredentialId
  readonly provider: string
  readonly classifier: number
  readonly now: Instant
  /** In [0, 1): where in the backoff's range this try falls. */
  readonly chance: number
  /** Of the provider: where a refresh token may be sent again anytime, no lost answer leaves it in doubt. */
  readonly replay: ReplayPolicy
  readonly policy: Policy
}

/** The recorded conclusion of one failure: exactly one `ErrorClassified`. */
export const classifyFailure = (
  state: PoolState,
  failure: Failure,
  verdict: TokenVerdict,
  context: FailureContext
): Draft =>
  verdict.verdict === "Terminal"
    ? terminal(failure, verdict, context)
    : transient(state, grantById(state, context.grant), failure, verdict, context)

/** The conclusion under the given id and, if the generation is dead, its quarantine; to be appended in one step. */
export const concludeFailure = (
  state: PoolState,
  failure: Failure,
  verdict: TokenVerdict,
  context: FailureContext,
  id: EventId
): ReadonlyArray<Draft> => {
  const classified = { ...classifyFailure(state, failure, verdict, context), id }
  if (verdict.verdict === "Transient") return [classified]
  const condemned = { generation: failure.generation, reason: terminalReason(failure, verdict), rule: verdict.rule }
  return [classified, quarantine({ ...condemned, event: id }, context)]
}

const conclusion = (failure: Failure, verdict: TokenVerdict, context: FailureContext) => ({
  grant: context.grant,
  of: failure.event,
  generation: failure.generation,
  surface: "token" as const,
  verdict: verdict.verdict,
  rule: verdict.rule,
  classifier: context.classifier
})

const terminal = (failure: Failure, verdict: TerminalVerdict, context: FailureContext): Draft => ({
  type: "ErrorClassified",
  v: 1,
  credential: context.credential,
  cause: failure.event,
  data: { ...conclusion(failure, verdict, context), reason: terminalReason(failure, verdict) }
})

/** A token refused when it is sent again after a lost answer was most likely spent by the first sending. */
const terminalReason = (failure: Failure, { reason }: TerminalVerdict): TerminalReason =>
  failure.replay && (reason === "Reused" || reason === "Revoked") ? "ResponseLost" : reason

const transient = (
  state: PoolState,
  grant: Grant,
  failure: Failure,
  verdict: TransientVerdict,
  context: FailureContext
): Draft => {
  const suspect = context.replay._tag !== "anytime" && mayBeSpent(failure, verdict)
  const providerWide = isProviderWide(state, verdict, context)
  return {
    type: "ErrorClassified",
    v: 1,
    credential: context.credential,
    cause: failure.event,
    data: {
      ...conclusion(failure, verdict, context),
      reason: verdict.reason,
      retryAt:
        capped(verdict.until, context) ?? context.now + delay(grant, verdict, { suspect, providerWide }, context),
      ...(suspect ? { suspect } : {}),
      ...(providerWide ? { providerWide } : {}),
      ...(verdict.shape === undefined ? {} : { shape: recordable(verdict.shape) })
    }
  }
}

/** However far away the provider says: then a probe. */
const capped = (until: Instant | undefined, { now, policy }: FailureContext): Instant | undefined =>
  until === undefined ? undefined : Math.min(until, now + policy.cooldownMost)

/** It left, and the answer is no explicit refusal: the provider may have rotated the token, and failed after that. */
const mayBeSpent = ({ evidence }: Failure, { reason }: TransientVerdict): boolean => {
  const { left, status = 0, successor } = evidence
  if (!left || successor === true || reason === "EdgeBlocked") return false
  if (reason === "ServerError" || reason === "OutcomeUnknown" || status >= 500 || status === 408) return true
  return reason === "Unrecognized" && status < 400
}

const recordable = (shape: string): string => shape.slice(0, 200)

const delay = (
  grant: Grant,
  verdict: TransientVerdict,
  { providerWide, suspect }: { readonly providerWide: boolean; readonly suspect: boolean },
  context: FailureContext
): number => {
  const { chance, policy } = context
  const failures = grant.backoff?.failures ?? 0
  const strikes = providerWide ? 0 : struckAfter(grant, verdict, context)
  if (strikes >= policy.strikes) return ceiling(policy.strikeBackoff, strikes - policy.strikes)
  const range: Range = suspect
    ? policy.replayBackoff
    : verdict.reason === "Denied"
      ? policy.deniedBackoff
      : policy.backoff
  return suspect && !replayed(grant) ? 0 : jittered(range, failures, chance)
}

const replayed = (grant: Grant): boolean => suspicionOf(grant.health) !== undefined

const struckAfter = (grant: Grant, verdict: TransientVerdict, { now }: FailureContext): number => {
  if (verdict.reason !== "Unrecognized") return 0
  const minute = Math.floor(now / 60_000)
  return grant.strikes.length + (grant.strikes.includes(minute) ? 0 : 1)
}

/** Another grant of this provider got the same unknown answer a moment ago. */
const isProviderWide = (state: PoolState, verdict: TransientVerdict, context: FailureContext): boolean => {
  const last = Option.getOrUndefined(HashMap.get(state.providers, context.provider))?.unrecognized
  return (
    verdict.reason === "Unrecognized" &&
    last !== undefined &&
    last.grant !== context.grant &&
    verdict.shape !== undefined &&
    last.shape === recordable(verdict.shape) &&
    context.now - last.at <= context.policy.providerWindow
  )
}

/** Quarantines the condemned generation. */
export const quarantine = (
  condemned: Condemned,
  about: { readonly grant: GrantId; readonly credential: CredentialId }
): Draft => quarantineOf(about, condemned.generation, "refresh", condemned.reason, condemned.rule, condemned.event)

export const quarantineOf = (
  about: { readonly grant: GrantId; readonly credential: CredentialId },
  generation: GenerationRef,
  bound: "refresh" | "access",
  reason: TerminalReason,
  rule: string,
  cause: EventId | undefined
): Draft => ({
  type: "CredentialQuarantined",
  v: 1,
  credential: about.credential,
  cause,
  data: { grant: about.grant, generation, bound, reason, rule }
})
