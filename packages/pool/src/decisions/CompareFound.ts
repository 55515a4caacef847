/**
 * What a generation found in the authority's slot is, next to what the ledger holds.
 */
import type { Generation, GenerationRef } from "../Generation.ts"
import type { Grant } from "../PoolState.ts"

export type Standing = "same" | "newer" | "stale" | "another login"

/**
 * Everything that is not known, not provably older and not somebody else's is newer. A missing token is no
 * observation: our refresh token alone is the same, and what has only lost it is stale, so that ours goes over it.
 */
export const compareFound = (grant: Grant, found: Generation): Standing => {
  const { current } = grant
  if (isPart(current, found)) return found.refresh === current?.refresh && !isBlank(found) ? "same" : "stale"
  if (current === undefined) return "newer"
  if (isPast(grant, current, found)) return "stale"
  if (isAnotherAccount(current, found)) return "another login"
  return isProvablyOlder(current, found) ? "stale" : "newer"
}

/** The current generation or a part of it, or a past one: its fingerprint was followed by another. */
export const isAncestor = (grant: Grant, found: GenerationRef): boolean =>
  grant.current !== undefined && (isPart(grant.current, found) || isPast(grant, grant.current, found))

const isPart = (current: GenerationRef | undefined, found: GenerationRef): boolean =>
  (found.access === undefined || found.access === current?.access) &&
  (found.refresh === undefined || found.refresh === current?.refresh)

const isBlank = ({ access, refresh }: GenerationRef): boolean => access === undefined && refresh === undefined

const isPast = (grant: Grant, current: Generation, found: GenerationRef): boolean =>
  found.refresh !== undefined && found.refresh !== current.refresh
    ? grant.lineage.some((lived) => lived.generation.refresh === found.refresh)
    : found.access !== current.access && grant.lineage.some((lived) => lived.generation.access === found.access)

const isAnotherAccount = (current: Generation, found: Generation): boolean =>
  current.account !== undefined && found.account !== undefined && current.account !== found.account

const isProvablyOlder = (current: Generation, found: Generation): boolean =>
  found.issuedAt === undefined || current.issuedAt === undefined
    ? isBefore(found.expiresAt, current.expiresAt)
    : found.issuedAt < current.issuedAt

const isBefore = (a: number | undefined, b: number | undefined): boolean => a !== undefined && b !== undefined && a < b
