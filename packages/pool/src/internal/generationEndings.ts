/** How a generation ended, told from the grant as it was then. */
import type { PoolEvent } from "../Event.ts"
import type { Instant } from "../Instant.ts"
import { type Grant, suspicionOf } from "../PoolState.ts"
import type { Ending, Mark, Member } from "../queries/Lineage.ts"
import type { Envelope } from "../Recorded.ts"

export const going: Ending = { how: "current", by: undefined, at: undefined, reason: undefined, next: undefined }
export const untold: Ending = { ...going, how: "unknown" }

/** Of the one that counted before the event, which put `next` in its place. */
export const followed = (before: Grant, left: Member, next: Member, event: Envelope & PoolEvent, by: Mark): Ending => {
  if (left.ending.how === "quarantined") return { ...left.ending, next: next.number }
  const how = howFollowed(before, left, next, event)
  const reason = how === "refused" ? before.condemned?.reason : undefined
  return { how, by, at: event.at, reason, next: next.number }
}

const howFollowed = (before: Grant, left: Member, next: Member, event: Envelope & PoolEvent): Ending["how"] => {
  if (next.parent === left.number && next.origin._tag === "Refresh") return "succeeded"
  if (before.condemned !== undefined) return "refused"
  if (suspicionOf(before.health) !== undefined) return "lost"
  if (event.type === "RaceAdopted" && event.data.fallback === true) return "refused"
  return isOver(before, event.at) ? "expired" : "displaced"
}

/** Of the one that counts. */
export const standing = (grant: Grant, { ending }: Member, moment: Instant): Ending => {
  const { condemned, health } = grant
  if (health._tag === "Dead") return ending
  if (condemned !== undefined) return { ...going, how: "refused", reason: condemned.reason }
  if (health._tag === "Suspect") return { ...going, how: "lost", at: health.since }
  return isOver(grant, moment) ? { ...going, how: "expired", at: endOf(grant) } : going
}

/** Nothing can be got with it any more, whatever anybody says. */
const isOver = (grant: Grant, now: Instant): boolean => {
  const end = endOf(grant)
  return end !== undefined && end <= now
}

/** Of the whole grant; or of its access token, where nothing can be sent for another one. */
const endOf = ({ current }: Grant): Instant | undefined =>
  current?.refresh === undefined ? (current?.expiresAt ?? current?.deadline) : current.deadline
