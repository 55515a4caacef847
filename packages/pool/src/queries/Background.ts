/**
 * What of the events before a moment is needed to understand those after it: who is in the pool, who writes, under which
 * policy, how each grant came to stand where it does, and what holds on. Folded with what comes after, it gives the state
 * that all events give, but for counts, and times before the oldest generation that is remembered.
 */
import { Equal, HashMap, Option } from "effect"
import { catalogue, type EventOf, type EventType, grantOf, type PoolEvent } from "../Event.ts"
import { type GenerationRef, isSame } from "../Generation.ts"
import {
  type Credential,
  type Grant,
  grantById,
  type PoolState,
  type Provider,
  providerById,
  suspicionOf
} from "../PoolState.ts"
import type { Envelope, Recorded } from "../Recorded.ts"

type Known = Envelope & PoolEvent

/** `state` is the fold at the moment. */
export const isBackground = (state: PoolState): ((event: Recorded) => boolean) => {
  const beginnings = HashMap.map(state.grants, beginningOf)
  return (event) => {
    if (event.type === "Unknown") return false
    const grant = grantOf(event)
    const beginning = grant === undefined ? Option.none() : HashMap.get(beginnings, grant)
    if (Option.exists(beginning, (seq) => event.seq >= seq)) return true
    return isAlways(event) || holdsOn(state, event)
  }
}

/** Operators' acts are few. So are logins, which say whose a grant is and when it ends, and adoptions, which may go back. */
const isAlways = (event: Known): boolean =>
  catalogue[event.type].kind === "operator" ||
  always.has(event.type) ||
  (event.type === "GenerationObserved" && event.data.how !== "watch" && event.data.how !== "reload")

const always: ReadonlySet<EventType> = new Set(["ActorJoined", "PolicyApplied", "RaceAdopted", "RecoveryAdopted"])

/** Where its current refresh token came from; all of its past, if that is forgotten. */
const beginningOf = ({ current, lineage }: Grant): number => {
  if (current === undefined) return 0
  const isOther = ({ generation }: Grant["lineage"][number]) =>
    current.refresh === undefined ? !isSame(generation, current) : generation.refresh !== current.refresh
  return lineage[lineage.findLastIndex(isOther) + 1]?.seq ?? 0
}

/** Whether it is what the state says still: of a login's past, a bench, a quota, a provider. */
const holdsOn = (state: PoolState, event: Known): boolean => {
  switch (event.type) {
    case "CooldownStarted":
    case "QuotaAsked":
    case "QuotaObserved":
    case "ApiOutcomeObserved":
      return Option.exists(HashMap.get(state.credentials, event.credential), (credential) => isOf(credential, event))
    case "SelectionExhausted":
      return providerById(state, event.data.provider).exhausted?.some((said) => Equal.equals(said, event.data)) ?? false
    default: {
      const grant = grantOf(event)
      return grant !== undefined && isOfPast(state, grantById(state, grant), event)
    }
  }
}

type OfUse = Envelope & EventOf<"CooldownStarted" | "QuotaAsked" | "QuotaObserved" | "ApiOutcomeObserved">

const isOf = ({ cooldown, lastAcceptedAt, modelCooldowns, quotaAsked, quotaAt }: Credential, event: OfUse): boolean => {
  switch (event.type) {
    case "CooldownStarted": {
      const { model, reason, until } = event.data
      const bench = model === undefined ? cooldown : Option.getOrUndefined(HashMap.get(modelCooldowns, model))
      return bench?.until === until && bench.reason === reason
    }
    case "QuotaAsked":
      return quotaAsked?.event === event.id
    case "QuotaObserved":
      return event.at === quotaAt || (event.data.unanswered === true && quotaAsked?.answered === true)
    case "ApiOutcomeObserved":
      // One that was only counted ends no run of refusals.
      return event.data.accepted && (event.data.last === undefined || event.data.last === lastAcceptedAt)
  }
}

const isOfPast = (
  state: PoolState,
  { health, lineage, open, rejected, unclassified }: Grant,
  event: Known
): boolean => {
  if (open?.event === event.id || lineage.some(({ seq }) => seq === event.seq)) return true
  switch (event.type) {
    case "RefreshStarted":
      return event.data.attempt === unclassified?.attempt || event.at === suspicionOf(health)?.since
    case "GenerationObserved":
      return isSeenAgain(lineage, event.data.generation, event)
    case "RefreshSucceeded":
    case "SuccessorStashed":
      return isSeenAgain(lineage, event.data.next, event)
    case "RecoveryRejected":
      return rejected.some(({ at, generation }) => at === event.at && isSame(generation, event.data.generation))
    case "ErrorClassified":
      return event.data.verdict === "AccessExpired" || isOfProvider(state, event)
    default:
      return false
  }
}

/** The second sight of a generation may say when the grant ends, or whose it is, and what comes later takes that over. */
const isSeenAgain = (lineage: Grant["lineage"], found: GenerationRef, { seq: again }: Envelope): boolean =>
  lineage.some(({ generation, seq }) => seq < again && isSame(generation, found))

const isOfProvider = (state: PoolState, { at, data }: Envelope & EventOf<"ErrorClassified">): boolean =>
  Array.from(HashMap.values(state.providers)).some(
    ({ retryAt, unrecognized }: Provider) =>
      (data.providerWide === true && data.retryAt === retryAt) ||
      (unrecognized?.at === at && unrecognized.shape === data.shape)
  )
