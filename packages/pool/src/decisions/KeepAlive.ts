/**
 * Which logins are refreshed although nobody asks for them: a grant that is never refreshed lapses, and a bench, a pause
 * or a better candidate must not cost a login.
 */
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { grantById, type Credential, type Grant, type PoolState } from "../PoolState.ts"

/** A paused login only if that was asked for. One whose access token nobody can date counts as over after a day. */
export const isLapsing = (state: PoolState, credential: Credential, now: Instant, policy: Policy): boolean => {
  const grant = grantById(state, credential.grant)
  return (
    credential.kind === "oauth" &&
    credential.ownership === "owned" &&
    (credential.operator === "enabled" || credential.keepalive) &&
    grant.current?.refresh !== undefined &&
    grant.health._tag !== "Dead" &&
    !isPostponed(grant, now) &&
    isOver(grant, now) &&
    now - arrivalOf(grant) >= policy.keepaliveAfter
  )
}

/** Nothing would come of a refresh now: the last one says to wait, or its outcome is in doubt. */
export const isHeldBack = (grant: Grant, now: Instant): boolean =>
  grant.health._tag !== "Live" || isPostponed(grant, now)

const isPostponed = ({ backoff, blocked }: Grant, now: Instant): boolean => blocked || (backoff?.retryAt ?? 0) > now

const undated = 86_400_000

const isOver = (grant: Grant, now: Instant): boolean => now >= (grant.current?.expiresAt ?? arrivalOf(grant) + undated)

/** When the current generation came. */
const arrivalOf = ({ lineage }: Grant): Instant => lineage.at(-1)?.at ?? 0
