/**
 * Offers a successor to its authority. What stands there decides: nothing, or an ancestor, gives way; somebody
 * else's newer pair is used instead, and ours stays in the stash; any other pair is left alone. What did not work is said in notes, as events.
 */
import { compareFound, isAncestor, type Standing } from "@daybook/pool/decisions/CompareFound"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { type GenerationRef, refOf } from "@daybook/pool/Generation"
import type { Grant } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { isBlank, type TokenSet } from "@daybook/pool/TokenSet"
import { Effect, Result } from "effect"
import { about } from "./GrantState.ts"
import { generationOf } from "./internal/GenerationOf.ts"
import { holding, type Target } from "./Target.ts"
import type { Held } from "./Held.ts"
import { TokenMemory } from "./TokenMemory.ts"

export interface Offered {
  /** The tokens to serve: ours, or the newer ones that stood there. */
  readonly held: Held
  readonly notes: ReadonlyArray<Draft>
}

export interface Successor {
  readonly consumed: GenerationRef
  readonly held: Held
  /** It is in the stash; if not, this process's memory is the only place that has it. */
  readonly stashed: boolean
}

export const storeSuccessor = Effect.fnUntraced(function* (target: Target, grant: Grant, successor: Successor) {
  const memory = yield* TokenMemory
  const { consumed, held, stashed } = successor
  if (!stashed) memory.unsaved.set(target.grant, { credential: target.credential, consumed, held })
  const answer = yield* Effect.result(target.authority.store(held.tokens, yield* givesWay(target, grant, held)))
  if (Result.isFailure(answer)) return kept(target, successor, answer.failure.message)
  const stored = answer.success
  if (stored._tag === "Stored") {
    memory.unsaved.delete(target.grant)
    return { held, notes: [] } satisfies Offered
  }
  const theirs = yield* holding(target, stored.found)
  const standing = compareFound(afterwards(grant, held), theirs.generation)
  return standing === "newer"
    ? yielded(target, held, theirs)
    : kept(target, successor, `its store holds ${inWords[standing]}`)
})

const inWords: { readonly [S in Exclude<Standing, "newer">]: string } = {
  same: "it already",
  stale: "an older pair that the ledger does not know",
  "another login": "the login of another account"
}

/** Which tokens in the store the successor may replace: none, or an ancestor's. A pair that the ledger does not know stays. */
const givesWay = Effect.fnUntraced(function* (target: Target, grant: Grant, next: Held) {
  const fingerprints = yield* Fingerprints
  return (found: TokenSet): boolean => {
    if (isBlank(found)) return true
    return isAncestor(afterwards(grant, next), generationOf(fingerprints, target.provider, found))
  }
})

/** Puts what counts over an older pair that came back from a backup or a slow writer, if the store takes it. */
export const putBack = Effect.fnUntraced(function* (target: Target, grant: Grant, held: Held | undefined) {
  if (held === undefined || !target.authority.writable || grant.health._tag === "Dead") return held
  yield* Effect.ignore(target.authority.store(held.tokens, yield* givesWay(target, grant, held)))
  return held
})

/** The grant as it is once the successor counts: the one that was consumed for it is an ancestor then. */
const afterwards = (grant: Grant, next: Held): Grant => ({ ...grant, current: next.generation })

const kept = (target: Target, { consumed, held, stashed }: Successor, why: string): Offered => ({
  held,
  notes: [
    about(target, "SuccessorStashed", {
      consumed: refOf(consumed),
      next: held.generation,
      where: stashed ? "stash" : "memory",
      why: why.slice(0, 200)
    })
  ]
})

const yielded = (target: Target, ours: Held, theirs: Held): Offered => ({
  held: theirs,
  notes: [
    about(target, "RaceAdopted", {
      held: refOf(ours.generation),
      found: theirs.generation,
      winner: { store: target.authority.ref.kind },
      phase: "after success"
    })
  ]
})
