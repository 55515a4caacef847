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

/** The end is nearer than the skew, which is never more than half the lifetime seen: time for the next one. */
export const isDue = (held: Held, now: Instant, skewMillis: number): boolean =>
  held.tokens.access === undefined || now >= dueAt(held, skewMillis)

/** From when on; never, if nobody knows when it ends. */
export const dueAt = (held: Held, skewMillis: number): Instant => {
  const { expiresAt } = held.generation
  return expiresAt === undefined || !expiryCounts(held) ? Infinity : expiresAt - advisoryWindow(held, skewMillis)
}

/** So near that callers wait for the next one; before that it is fetched while they are served this one. */
export const isEnding = (held: Held, now: Instant, skewMillis: number, mandatoryMillis: number): boolean => {
  if (held.tokens.access === undefined) return true
  const left = remaining(held, now)
  return left !== undefined && left <= Math.min(mandatoryMillis, advisoryWindow(held, skewMillis) / 2)
}

/** Undefined if nobody knows when it ends. */
const remaining = (held: Held, now: Instant): number | undefined => {
  const { expiresAt } = held.generation
  return expiresAt === undefined || !expiryCounts(held) ? undefined : expiresAt - now
}

const advisoryWindow = ({ generation: { expiresAt = 0, issuedAt }, receivedAt }: Held, skewMillis: number): number =>
  Math.min(skewMillis, Math.max(0, expiresAt - (issuedAt ?? receivedAt)) / 2)
