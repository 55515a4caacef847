/**
 * The secret halves that this process holds: per grant the tokens it would serve. The ledger says what is true
 * of a generation; this says only what is in hand.
 */
import { type Generation, isSame } from "@daybook/pool/Generation"
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

export class TokenMemory extends Context.Service<
  TokenMemory,
  {
    readonly get: (grant: GrantId) => Held | undefined
    readonly set: (grant: GrantId, held: Held) => void
    /** Successors that no disk would take. */
    readonly unsaved: Map<GrantId, { readonly credential: Subject; readonly held: Held }>
  }
>()("@daybook/refresher/TokenMemory") {
  static readonly layer = Layer.sync(TokenMemory, () => {
    const held = new Map<GrantId, Held>()
    return TokenMemory.of({
      get: (grant) => held.get(grant),
      set: (grant, next) => void held.set(grant, next),
      unsaved: new Map()
    })
  })
}

/** The same generation keeps the instant at which it was first received. */
export const keepReceived = (before: Held | undefined, next: Held): Held =>
  before !== undefined && isSame(before.generation, next.generation) ? { ...next, receivedAt: before.receivedAt } : next
