/**
 * The secret halves that this process holds: per grant the tokens it would serve. The ledger says what is true
 * of a generation; this says only what is in hand.
 */
import { type Generation, type GenerationRef, isSame } from "@daybook/pool/Generation"
import type { GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Context, Layer } from "effect"
import type { Subject } from "./Target.ts"

export interface Held {
  readonly tokens: TokenSet
  readonly generation: Generation
  readonly receivedAt: Instant
}

/** A successor, and the generation that was spent for it. */
export interface Unsaved {
  readonly credential: Subject
  readonly consumed: GenerationRef
  readonly held: Held
}

export class TokenMemory extends Context.Service<
  TokenMemory,
  {
    readonly get: (grant: GrantId) => Held | undefined
    readonly set: (grant: GrantId, held: Held) => void
    /** Nothing of this grant is served from memory again, until something is put there. */
    readonly forget: (grant: GrantId) => void
    /** Successors that no disk would take. */
    readonly unsaved: Map<GrantId, Unsaved>
  }
>()("@daybook/refresher/TokenMemory") {
  static readonly layer = Layer.sync(TokenMemory, () => {
    const held = new Map<GrantId, Held>()
    return TokenMemory.of({
      get: (grant) => held.get(grant),
      set: (grant, next) => void held.set(grant, next),
      forget: (grant) => void held.delete(grant),
      unsaved: new Map()
    })
  })
}

/** The same generation keeps the instant at which it was first received. */
export const keepReceived = (before: Held | undefined, next: Held): Held =>
  before !== undefined && isSame(before.generation, next.generation) ? { ...next, receivedAt: before.receivedAt } : next
