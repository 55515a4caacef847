/**
 * How alive a grant is, after what was said of it: a doubt, a death, the end of either.
 */
import type { EventOf } from "../Event.ts"
import { isSame, type Generation, type GenerationRef } from "../Generation.ts"
import { suspicionOf, type Dead, type Grant, type Health, type Suspect } from "../PoolState.ts"
import type { Envelope } from "../Recorded.ts"

/** It names the refresh token that counts now; or, where there is none, the very generation. */
export const isCurrent = (grant: Grant, ref: GenerationRef): boolean =>
  grant.current !== undefined &&
  (grant.current.refresh === undefined ? isSame(grant.current, ref) : grant.current.refresh === ref.refresh)

/** A verdict about an access token ends with that access token. */
export const healthWithNewAccess = (health: Health, generation: Generation): Health =>
  health._tag === "Dead" && health.bound === "access" && health.generation.access !== generation.access
    ? (health.suspect ?? { _tag: "Live" })
    : health

/** A doubt does not undo a death; it is remembered beside it. */
export const suspect = ({ health }: Grant, generation: GenerationRef, since: number, quietAfter: number): Health => {
  const before = suspicionOf(health)
  const doubt: Suspect = {
    _tag: "Suspect",
    generation,
    since: before?.since ?? since,
    quietAfter,
    replays: before === undefined ? 0 : before.replays + 1
  }
  return health._tag === "Dead" ? { ...health, suspect: doubt } : doubt
}

export const quarantined = (grant: Grant, event: Envelope & EventOf<"CredentialQuarantined">): Grant => {
  const { bound, generation, reason, rule } = event.data
  const current = grant.current
  const names =
    current === undefined || (bound === "refresh" ? isCurrent(grant, generation) : current.access === generation.access)
  if (!names || (bound === "access" && isDeadForGood(grant.health))) return grant
  const health: Dead = {
    _tag: "Dead",
    generation,
    bound,
    reason,
    rule,
    since: event.at,
    event: event.id,
    cleared: false,
    suspect: bound === "access" ? suspicionOf(grant.health) : undefined
  }
  return bound === "access" ? { ...grant, health } : { ...grant, health, condemned: undefined, unclassified: undefined }
}

/** Its refresh token was judged, which says more than a verdict about the access token. */
const isDeadForGood = (health: Health): boolean => health._tag === "Dead" && health.bound === "refresh"

/** What an operator revives ends its strikes too; a doubt about a refresh token outlives a verdict about an access token. */
export const lifted = (grant: Grant, { data }: Envelope & EventOf<"QuarantineLifted">): Grant => {
  const { health } = grant
  if (health._tag !== "Dead") return data.by === "operator" ? forgivenStrikes(grant, data.generation) : grant
  if (!isSame(health.generation, data.generation)) return grant
  return {
    ...grant,
    health: (health.bound === "access" ? health.suspect : undefined) ?? { _tag: "Live" },
    backoff: undefined,
    strikes: [],
    revived: data.by === "operator" ? data.generation : undefined
  }
}

/** It may be tried again, unless the provider itself named a time. */
const forgivenStrikes = (grant: Grant, generation: GenerationRef): Grant =>
  isCurrent(grant, generation)
    ? { ...grant, strikes: [], backoff: grant.backoff?.demanded === true ? grant.backoff : undefined }
    : grant

/** Nothing was removed where the dead tokens did not stand any more: either way they are gone. */
export const cleared = (grant: Grant, event: Envelope & EventOf<"StoreCleared">): Grant =>
  grant.health._tag === "Dead" && isSame(grant.health.generation, event.data.generation)
    ? { ...grant, health: { ...grant.health, cleared: true } }
    : grant
