/**
 * Decides whether a grant's refresh token may be sent now. Whoever asks holds the grant's lock
 * and has finished what a dead holder began.
 */
import { HashMap, Option } from "effect"
import type { Trigger } from "../events/RefreshEvents.ts"
import { isSame } from "../Generation.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { suspicionOf, type Dead, type Grant, type PoolState, type Suspect } from "../PoolState.ts"
import type { ReplayPolicy } from "../ReplayPolicy.ts"
import type { TransientReason } from "../Verdict.ts"
import { ceiling } from "./Backoff.ts"

export interface RefreshRequest {
  readonly now: Instant
  readonly trigger: Trigger
  /** The access token is worth serving: not expired, and not refused by the API. */
  readonly usable: boolean
  /** The caller wants another one: it is close to its end, or was refused, or an operator asks. */
  readonly due: boolean
  readonly provider: string
  readonly replay: ReplayPolicy
  readonly policy: Policy
}

export type Plan =
  | { readonly _tag: "Serve" }
  | { readonly _tag: "Send"; readonly trigger: Trigger }
  /** Nothing is sent now; a usable token is served meanwhile. */
  | { readonly _tag: "Hold"; readonly reason: TransientReason; readonly retryAt?: Instant; readonly why: string }
  | { readonly _tag: "Dead"; readonly dead: Dead }
  | { readonly _tag: "NoRefreshToken" }
  /** The answer to a spent token was lost, and this provider never forgives a replay. */
  | { readonly _tag: "ResponseLost" }

export const planRefresh = (state: PoolState, grant: Grant, request: RefreshRequest): Plan => {
  const { health } = grant
  if (health._tag === "Dead" && !mayRevive(health, request)) return { _tag: "Dead", dead: health }
  if (request.usable && !request.due) return { _tag: "Serve" }
  if (grant.current?.refresh === undefined) return request.usable ? { _tag: "Serve" } : { _tag: "NoRefreshToken" }
  if (grant.blocked)
    return hold("LedgerUnavailable", undefined, "the ledger holds an event about it from a newer version")
  if (health._tag === "Live" && grant.revived !== undefined && isSame(grant.revived, grant.current))
    return { _tag: "Send", trigger: request.trigger }
  const suspect = suspicionOf(health)
  return postponed(state, grant, request) ?? (suspect === undefined ? send(grant, request) : replay(suspect, request))
}

/** An operator's refresh brings back what only an API refused; a dead refresh token stays dead. */
const mayRevive = (dead: Dead, request: RefreshRequest): boolean =>
  dead.bound === "access" && request.trigger === "operator"

const hold = (reason: TransientReason, retryAt: Instant | undefined, why: string): Plan => ({
  _tag: "Hold",
  reason,
  ...(retryAt === undefined ? {} : { retryAt }),
  why
})

/** What was learned earlier and still holds. An operator passes, unless the provider named the time. */
const postponed = (state: PoolState, grant: Grant, request: RefreshRequest): Plan | undefined => {
  const { backoff } = grant
  const operator = request.trigger === "operator"
  if (backoff !== undefined && isAhead(backoff.retryAt, request.now) && (backoff.demanded || !operator)) {
    const struckOut = grant.strikes.length >= request.policy.strikes
    return hold(
      struckOut ? "StruckOut" : backoff.reason,
      backoff.retryAt,
      `the last try failed under rule ${backoff.rule}`
    )
  }
  const outage = Option.getOrUndefined(HashMap.get(state.providers, request.provider))?.retryAt
  if (!operator && isAhead(outage, request.now)) {
    return hold("Unrecognized", outage, "several logins of this provider get the same unknown answer")
  }
  return undefined
}

const isAhead = (instant: Instant | undefined, now: Instant): boolean => instant !== undefined && instant > now

const send = (grant: Grant, request: RefreshRequest): Plan => {
  const barren = untilBarrenAgain(grant, request.policy)
  if (isAhead(barren, request.now)) return hold("OutcomeUnknown", barren, "its answers bring no access token")
  const denied = request.trigger === "unauthorized" ? untilDeniedAgain(grant, request.policy) : undefined
  if (isAhead(denied, request.now)) return hold("Denied", denied, "new access tokens are refused as well")
  return { _tag: "Send", trigger: request.trigger }
}

/** When a refresh may follow refusals of one access token after the other. */
export const untilDeniedAgain = ({ refusedAt, refusedInARow }: Grant, policy: Policy): Instant | undefined =>
  refusedInARow < 2 ? undefined : (refusedAt ?? 0) + ceiling(policy.deniedBackoff, refusedInARow - 2)

/** Answers with a refresh token and nothing else: the first is followed at once, the next ones like unanswered replays. */
const untilBarrenAgain = ({ lineage }: Grant, policy: Policy): Instant | undefined => {
  const fruitful = lineage.findLastIndex(({ generation }) => generation.access !== undefined)
  const barren = lineage.length - 1 - fruitful
  const last = lineage.at(-1)
  return barren < 2 || last === undefined ? undefined : last.at + ceiling(policy.replayBackoff, barren - 2)
}

const replay = (suspect: Suspect, request: RefreshRequest): Plan => {
  const { now, policy, trigger } = request
  if (suspect.quietAfter > now) {
    return hold("OutcomeUnknown", suspect.quietAfter, "an earlier request may still arrive")
  }
  if (!mayReplay(suspect, request)) {
    return request.replay._tag === "never" && !request.usable
      ? { _tag: "ResponseLost" }
      : hold(
          "OutcomeUnknown",
          undefined,
          "an answer was lost; its token is not sent again while the access token is good"
        )
  }
  const again = suspect.quietAfter + (suspect.replays === 0 ? 0 : ceiling(policy.replayBackoff, suspect.replays - 1))
  if (again > now && trigger !== "operator") return hold("OutcomeUnknown", again, "a replay was not answered either")
  return { _tag: "Send", trigger: "replay" }
}

const mayReplay = (suspect: Suspect, { now, replay, usable }: RefreshRequest): boolean => {
  switch (replay._tag) {
    case "anytime":
      return true
    case "withinGrace":
      return now - suspect.since <= replay.millis || !usable
    case "afterExpiry":
      return !usable
    case "never":
      return false
  }
}
