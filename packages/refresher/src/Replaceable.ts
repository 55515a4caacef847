/**
 * Which tokens in a store a successor may replace: none at all, the ones that were spent for it,
 * or any that the ledger knows as older. An unknown pair is somebody else's news and stays.
 */
import { isAncestor } from "@daybook/pool/decisions/CompareFound"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { isSame } from "@daybook/pool/Generation"
import type { Grant } from "@daybook/pool/PoolState"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Effect } from "effect"
import { generationOf } from "./internal/GenerationOf.ts"
import type { Target } from "./Target.ts"
import type { Held } from "./TokenMemory.ts"

export const replaceableBy = Effect.fnUntraced(function* (target: Target, grant: Grant, next: Held) {
  const fingerprints = yield* Fingerprints
  return (found: TokenSet): boolean => {
    if (isBlank(found)) return true
    const generation = generationOf(fingerprints, target.provider, found, next.receivedAt)
    return isSame(generation, next.generation) || isAncestor(grant, generation)
  }
})
