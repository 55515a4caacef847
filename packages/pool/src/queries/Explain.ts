/**
 * What a pick would come to, and why: every credential of a provider in the order in which it would be asked, which one
 * would be served, and why each other one was passed over. It reads state only, and takes no turn.
 */
import { type Occasion, rank } from "../decisions/Rank.ts"
import { untilDeniedAgain } from "../decisions/PlanRefresh.ts"
import type { CredentialId } from "../Ids.ts"
import { format, type Instant } from "../Instant.ts"
import type { Policy, Strategy } from "../Policy.ts"
import { type Credential, type Grant, grantById, members, type PoolState } from "../PoolState.ts"
import type { TransientReason } from "../Verdict.ts"
import { type Obstacle, obstacleOf, obstacleText } from "./Obstacle.ts"

export interface Explanation {
  readonly provider: string
  readonly model: string | undefined
  readonly strategy: Strategy
  /** Who would be asked first; absent if nobody may be used. */
  readonly served: CredentialId | undefined
  /** If nobody may be used: when the first may be back, unless a person has to act. */
  readonly until: Instant | undefined
  /** Those who may be used, in the order in which they would be asked; then the others, by priority. */
  readonly candidates: ReadonlyArray<Candidate>
}

export interface Candidate {
  readonly credential: CredentialId
  readonly label: string | undefined
  readonly priority: number
  /** Uses of it that are going on, as far as they are counted. */
  readonly leases: number
  /** Calls that were accepted or refused. */
  readonly used: number
  /** Absent for the one that would be served. */
  readonly why: WhyNot | undefined
  /** The same in words. */
  readonly text: string
  /** When the reason ends by itself. */
  readonly until: Instant | undefined
}

export type WhyNot = Obstacle | RefreshWaits | AtLeaseCap | Behind

/** Its access token is over, or the API refused it, and the next refresh waits. */
export interface RefreshWaits {
  readonly _tag: "RefreshWaits"
  readonly isRefused: boolean
  readonly reason: TransientReason
  readonly until: Instant
}

/** It may be used, and is used by so many already that others are preferred. */
export interface AtLeaseCap {
  readonly _tag: "AtLeaseCap"
  readonly leases: number
  readonly most: number
}

/** It may be used, and the strategy puts another one first. */
export interface Behind {
  readonly _tag: "LowerPriority" | "EnrolledLater" | "NotItsTurn" | "MoreUsed" | "NotDrawn" | "ResetsLater"
}

export const explain = (
  state: PoolState,
  policy: Policy,
  asked: { readonly provider: string; readonly model?: string | undefined },
  occasion: Occasion
): Explanation => {
  const { model, provider } = asked
  const all = members(state).filter((credential) => credential.provider === provider)
  const hindered = new Map(
    all.flatMap((credential) => {
      const why = hindranceOf(state, policy, credential, occasion.now, model)
      return why === undefined ? [] : [[credential.id, why] as const]
    })
  )
  const ranked = rank(
    state,
    policy,
    all.filter(({ id }) => !hindered.has(id)),
    occasion
  )
  const first = ranked[0]
  const candidates = [...ranked, ...all.filter(({ id }) => hindered.has(id))].map((credential) => {
    const why = hindered.get(credential.id) ?? behind(policy, first, credential, occasion)
    return candidateOf(credential, why, first, occasion)
  })
  const { strategy } = policy
  const until = first === undefined ? earliest(candidates) : undefined
  return { provider, model, strategy, served: first?.id, until, candidates }
}

/** What keeps it from being used. A refresh that must wait does so only for want of an access token. */
const hindranceOf = (
  state: PoolState,
  policy: Policy,
  credential: Credential,
  now: Instant,
  model: string | undefined
): Obstacle | RefreshWaits | undefined =>
  obstacleOf(state, credential, now, model) ?? refreshWaits(grantById(state, credential.grant), policy, now)

const refreshWaits = (grant: Grant, policy: Policy, now: Instant): RefreshWaits | undefined => {
  const { backoff, current, refusedAccess } = grant
  const isRefused = refusedAccess !== undefined && refusedAccess.access === current?.access
  if (!isRefused && (current?.expiresAt ?? Infinity) > now) return undefined
  if (backoff?.retryAt !== undefined && backoff.retryAt > now) {
    return { _tag: "RefreshWaits", reason: backoff.reason, until: backoff.retryAt, isRefused }
  }
  const denied = isRefused ? untilDeniedAgain(grant, policy) : undefined
  return denied === undefined || denied <= now
    ? undefined
    : { _tag: "RefreshWaits", reason: "Denied", until: denied, isRefused }
}

const behind = (
  { leaseMost, strategy }: Policy,
  first: Credential | undefined,
  credential: Credential,
  { leases }: Occasion
): AtLeaseCap | Behind | undefined => {
  if (first === undefined || first.id === credential.id) return undefined
  const held = leaseMost === undefined ? 0 : leases(credential.id)
  if (leaseMost !== undefined && held >= leaseMost) return { _tag: "AtLeaseCap", leases: held, most: leaseMost }
  const byPriority = first.priority < credential.priority ? "LowerPriority" : "EnrolledLater"
  return { _tag: strategy === "fill_first" ? byPriority : behindBy[strategy] }
}

const behindBy = {
  round_robin: "NotItsTurn",
  least_used: "MoreUsed",
  random: "NotDrawn",
  soonest_reset: "ResetsLater"
} as const satisfies { readonly [Name in Exclude<Strategy, "fill_first">]: Behind["_tag"] }

const candidateOf = (
  credential: Credential,
  why: WhyNot | undefined,
  served: Credential | undefined,
  { leases, uncounted }: Occasion
): Candidate => {
  const { accepted, id, label, priority, refused } = credential
  const counts = { leases: leases(id), used: accepted + refused + uncounted(id) }
  const until = why !== undefined && "until" in why ? why.until : undefined
  const text = why === undefined ? "would be served" : textOf(why, credential, served, counts)
  return { credential: id, label, priority, ...counts, why, text, until }
}

const textOf = (
  why: WhyNot,
  credential: Credential,
  served: Credential | undefined,
  { leases, used }: Pick<Candidate, "leases" | "used">
): string => {
  switch (why._tag) {
    case "RefreshWaits":
      return `its access token ${why.isRefused ? "was refused" : "is over"}, and its refresh waits (${why.reason}) until ${format(why.until)}`
    case "AtLeaseCap":
      return `used by ${why.leases} at once, and ${why.most} is the most before others are preferred`
    case "LowerPriority":
      return `priority ${credential.priority}, and ${served?.id} has ${served?.priority}`
    case "EnrolledLater":
      return `the same priority as ${served?.id}, which was enrolled first`
    case "NotItsTurn":
      return "its turn comes later"
    case "MoreUsed":
      return `used no less: ${leases} at once, ${used} calls in all`
    case "NotDrawn":
      return "another one was drawn"
    case "ResetsLater":
      return "what is left of its quota lapses no sooner"
    default:
      return obstacleText(why, credential)
  }
}

const earliest = (candidates: ReadonlyArray<Candidate>): Instant | undefined => {
  const ends = candidates.flatMap(({ until }) => (until === undefined ? [] : [until]))
  return ends.length === 0 ? undefined : Math.min(...ends)
}
