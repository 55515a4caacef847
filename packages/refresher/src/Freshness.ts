/**
 * Whether an access token in hand may be served, and whether it is time for the next one.
 */
import type { Instant } from "@daybook/pool/Instant"
import type { Held } from "./Held.ts"

/**
 * A token that was already over when it was received says that a clock is wrong, ours or theirs: it is served until
 * the API refuses it. A store that does not say when that was only shows an old token.
 */
const expiryCounts = ({ generation, receivedAt, tokens }: Held): boolean =>
  generation.expiresAt !== undefined && (tokens.refreshedAt === undefined || generation.expiresAt > receivedAt)

/** There is an access token and its time is not over. */
export const isServable = (held: Held, now: Instant): boolean =>
  held.tokens.access !== undefined && (!expiryCounts(held) || now < (held.generation.expiresAt ?? 0))

/** The end is nearer than the skew, which is never more than half the lifetime seen. */
export const isDue = (held: Held, now: Instant, skewMillis: number): boolean => {
  if (held.tokens.access === undefined) return true
  const { expiresAt, issuedAt } = held.generation
  if (expiresAt === undefined || !expiryCounts(held)) return false
  const lifetime = expiresAt - (issuedAt ?? held.receivedAt)
  return now >= expiresAt - Math.min(skewMillis, Math.max(0, lifetime) / 2)
}
