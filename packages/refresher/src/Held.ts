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

/**
 * The same generation keeps the instant at which it was first received, and what the ledger knows of it: a store need
 * not say when its tokens end.
 */
export const recalling = (next: Held, before: Held | undefined, current: Generation | undefined): Held => ({
  tokens: next.tokens,
  generation:
    current !== undefined && isSame(current, next.generation) ? { ...current, ...next.generation } : next.generation,
  receivedAt: before !== undefined && isSame(before.generation, next.generation) ? before.receivedAt : next.receivedAt
})
