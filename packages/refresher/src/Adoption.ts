/**
 * What is recorded when another generation than ours counts from here on: who brought it, and what it displaces.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { endedByLogin } from "@daybook/pool/decisions/Bench"
import { isAncestor } from "@daybook/pool/decisions/CompareFound"
import type { Winner } from "@daybook/pool/events/RefreshEvents"
import { isSame, refOf } from "@daybook/pool/Generation"
import { bringerOf, type Failure, type Grant } from "@daybook/pool/PoolState"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect, Option } from "effect"
import { keepDisplaced } from "./Displaced.ts"
import { about, decide, grantState, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { liftings, observation } from "./Observation.ts"
import { storeSuccessor, type Successor } from "./StoreSuccessor.ts"
import { holding, type Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** Before our request, or after a rejection of it. */
export type Phase = "before request" | "after rejection"

/** Records that somebody else's generation is used from here on; it lifts a quarantine, and a bench, of the one before. */
export const adopt = Effect.fnUntraced(function* (target: Target, grant: Grant, found: Held, phase: Phase) {
  const { current } = grant
  yield* keepDisplaced(target, grant)
  const { state } = yield* grantState(target)
  yield* decide(
    target,
    grant.version,
    ...(current === undefined
      ? observation(target, grant, found, "reload")
      : [
          ...liftings(target, grant, found),
          about(target, "RaceAdopted", {
            held: refOf(current),
            found: found.generation,
            winner: { store: target.authority.ref.kind },
            phase
          })
        ]),
    ...endedByLogin(state, grant, found.generation, yield* Clock.currentTimeMillis)
  )
})

/** Another actor refreshed while we came for the same: the ledger says whose tokens we use. */
export const noteRace = Effect.fnUntraced(function* (
  target: Target,
  grant: Grant,
  had: Held | undefined,
  phase: Phase
) {
  const { current } = grant
  const winner = bringerOf(grant)
  const ours = winner === (yield* Ledger).actor
  if (had === undefined || current === undefined || winner === undefined || ours) return
  if (isSame(had.generation, current) || !isAncestor(grant, had.generation)) return
  yield* decide(
    target,
    grant.version,
    about(target, "RaceAdopted", {
      held: refOf(had.generation),
      found: current,
      winner: { actor: winner },
      phase
    })
  )
})

/** Our token was refused, and meanwhile somebody moved the grant on: the refusal says nothing about theirs. */
export const noteWinner = Effect.fnUntraced(function* (target: Target, failure: Failure) {
  const { grant } = yield* grantState(target)
  const { current } = grant
  if (current === undefined || current.refresh === failure.generation.refresh) return
  yield* decide(
    target,
    grant.version,
    about(
      target,
      "RaceAdopted",
      { held: failure.generation, found: current, winner: yield* winnerOf(target), phase: "after rejection" },
      failure.event
    )
  )
})

/** Who brought the current generation: the actor that recorded it, or the store in which this process found it. */
export const winnerOf = Effect.fnUntraced(function* (target: Target) {
  const bringer = bringerOf((yield* grantState(target)).grant)
  const ours = bringer === undefined || bringer === (yield* Ledger).actor
  return (ours ? { store: target.authority.ref.kind } : { actor: bringer }) satisfies Winner
})

/** A successor in the stash of the token that failed: somebody of ours spent it and could not say so. */
export const adoptStashed = Effect.fnUntraced(function* (target: Target, failure: Failure, phase: Phase) {
  const { refresh } = failure.generation
  const entry = refresh === undefined ? Option.none() : yield* Stash.use((stash) => stash.find(refresh))
  if (Option.isNone(entry)) return
  yield* Stash.use((stash) => stash.sync)
  const { grant } = yield* grantState(target)
  if (grant.unclassified?.event !== failure.event) return
  const held = yield* holding(target, entry.value.tokens)
  yield* adoptSuccessor(target, grant, { consumed: failure.generation, held, stashed: true }, phase)
})

/** What came for a token of ours whose sender could not record it. */
export const adoptSuccessor = Effect.fnUntraced(function* (
  target: Target,
  grant: Grant,
  successor: Successor,
  phase: Phase
) {
  const { consumed, held } = successor
  if (isAncestor(grant, held.generation)) return
  yield* decide(
    target,
    grant.version,
    about(target, "RaceAdopted", { held: refOf(consumed), found: held.generation, winner: {}, phase })
  )
  const offered = yield* storeSuccessor(target, grant, successor)
  if (offered.notes.length > 0) yield* record(...offered.notes)
  ;(yield* TokenMemory).set(target.grant, offered.held)
})
