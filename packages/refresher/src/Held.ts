/**
 * Tokens in hand: the secret half of a generation, what may be recorded of it, and when it came.
 */
import { type Generation, isSame } from "@daybook/pool/Generation"
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"

export interface Held {
  readonly tokens: TokenSet
  readonly generation: Generation
  readonly receivedAt: Instant
}

/** The same generation keeps the instant at which it was first received. */
export const keepReceived = (before: Held | undefined, next: Held): Held =>
  before !== undefined && isSame(before.generation, next.generation) ? { ...next, receivedAt: before.receivedAt } : next
