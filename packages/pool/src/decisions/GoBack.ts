/**
 * Whether a grant may go back to the pair that its current one displaced, although nobody refused that. Sending the older
 * one can end the family of both, so the current one must have no use left.
 */
import type { GenerationRef } from "../Generation.ts"
import type { Instant } from "../Instant.ts"
import type { Grant } from "../PoolState.ts"

/**
 * Its answer was lost and will not come any more, and its access token is over or refused. Until then a program that has it
 * in memory is served by it, and has time to put it on a disk.
 */
export const isBeyondUse = (grant: Grant, now: Instant): boolean => {
  const { health, open, unclassified } = grant
  const isDoubtful = health._tag === "Suspect" && health.quietAfter <= now
  return isDoubtful && open === undefined && unclassified === undefined && isOver(grant, now)
}

const isOver = ({ current, refusedAccess }: Grant, now: Instant): boolean =>
  current?.access === undefined ||
  current.access === refusedAccess?.access ||
  (current.expiresAt !== undefined && current.expiresAt <= now)

/** The grant went back from it, and something else counts since then, although this one came later. */
export const isLeft = ({ lineage }: Grant, { refresh }: GenerationRef): boolean => {
  const place = lineage.findLastIndex(({ generation }) => refresh !== undefined && generation.refresh === refresh)
  const left = lineage[place]
  return left !== undefined && lineage.slice(place + 1).some(({ seq }) => seq < left.seq)
}
