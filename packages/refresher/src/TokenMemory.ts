/**
 * The secret halves that this process holds: per grant the tokens it would serve. The ledger says what is true
 * of a generation; this says only what is in hand.
 */
import type { GenerationRef } from "@daybook/pool/Generation"
import type { GrantId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { Context, Layer } from "effect"
import type { Held } from "./Held.ts"
import type { Subject } from "./Target.ts"

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
    /** What stood in the store of a grant when it was looked at last, where that is not what counts, and since when. */
    readonly findings: Map<GrantId, { readonly name: string; readonly since: Instant }>
  }
>()("@daybook/refresher/TokenMemory") {
  static readonly layer = Layer.sync(TokenMemory, () => {
    const held = new Map<GrantId, Held>()
    return TokenMemory.of({
      get: (grant) => held.get(grant),
      set: (grant, next) => void held.set(grant, next),
      forget: (grant) => void held.delete(grant),
      unsaved: new Map(),
      findings: new Map()
    })
  })
}
