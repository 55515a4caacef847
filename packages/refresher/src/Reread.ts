/**
 * Looks at the authority again, under its lock, and says which tokens count now. Newer ones than the ledger
 * knows are adopted; older ones, and another account's, never.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { compareFound, isAncestor, type Standing } from "@daybook/pool/decisions/CompareFound"
import type { Winner } from "@daybook/pool/events/RefreshEvents"
import { isSame, refOf } from "@daybook/pool/Generation"
import { bringerOf, type Failure, type Grant } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect, Option } from "effect"
import { anotherLogin } from "./Dead.ts"
import { about, decide, grantState, record } from "./GrantState.ts"
import { liftings, observation } from "./Observation.ts"
import { givesWay, storeSuccessor } from "./StoreSuccessor.ts"
import { holding, type Target } from "./Target.ts"
import { type Held, recalling } from "./Held.ts"
import { TokenMemory } from "./TokenMemory.ts"

export type Phase = "before request" | "after rejection"

/**
 * The tokens of the grant's current generation; none if no place that we know has them. `had` is what the caller
 * came with: if somebody else has brought another generation since, that is a race, and recorded as one.
 */
export const reread = Effect.fnUntraced(function* (target: Target, phase: Phase, had?: Held) {
  const memory = yield* TokenMemory
  const { grant } = yield* grantState(target)
  const before = memory.get(target.grant)
  const tokens = yield* Effect.tapError(target.authority.read, () => noteFinding(target, "unreadable"))
  if (isBlank(tokens)) {
    if (grant.current !== undefined && grant.health._tag !== "Dead") yield* noteFinding(target, "none")
    return yield* keptElsewhere(target, grant)
  }
  const found = recalling(yield* holding(target, tokens), before, grant.current)
  const standing = compareFound(grant, found.generation)
  switch (standing) {
    case "same":
      yield* noteRace(target, grant, had, phase)
      memory.set(target.grant, found)
      return found
    case "newer":
      yield* adopt(target, grant, found, phase)
      memory.set(target.grant, found)
      return found
    case "stale":
      yield* noteReading(target, found, standing)
      return yield* putBack(target, grant, yield* keptElsewhere(target, grant))
    case "another login":
      yield* noteReading(target, found, standing)
      memory.forget(target.grant)
      return yield* anotherLogin(target)
  }
})

/** Records that somebody else's generation is used from here on; it lifts a quarantine of the one before. */
export const adopt = Effect.fnUntraced(function* (target: Target, grant: Grant, found: Held, phase: Phase) {
  const { current } = grant
  yield* keepDisplaced(target, grant)
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
        ])
  )
})

/** The live pair that a newcomer displaces may be the only good one: it is kept where an operator finds it. */
export const keepDisplaced = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const inHand = (yield* TokenMemory).get(target.grant)
  const name = inHand?.generation.refresh
  if (
    target.credential.ownership === "borrowed" ||
    inHand === undefined ||
    name === undefined ||
    grant.health._tag === "Dead" ||
    !isCurrent(grant, inHand)
  )
    return
  const quarantine = yield* Quarantine
  yield* quarantine.put(name, {
    tokens: inHand.tokens,
    grant: target.grant,
    provider: target.provider.id,
    reason: "Displaced",
    at: yield* Clock.currentTimeMillis
  })
})

/** Another actor refreshed while we came for the same: the ledger says whose tokens we use. */
const noteRace = Effect.fnUntraced(function* (target: Target, grant: Grant, had: Held | undefined, phase: Phase) {
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
  const { grant } = yield* grantState(target)
  const found = yield* holding(target, entry.value.tokens)
  if (grant.unclassified?.event !== failure.event || isAncestor(grant, found.generation)) return
  yield* decide(
    target,
    grant.version,
    about(target, "RaceAdopted", {
      held: failure.generation,
      found: found.generation,
      winner: {},
      phase
    })
  )
  const offered = yield* storeSuccessor(target, grant, { consumed: failure.generation, held: found, stashed: true })
  if (offered.notes.length > 0) yield* record(...offered.notes)
  ;(yield* TokenMemory).set(target.grant, offered.held)
})

const noteFinding = (target: Target, found: "none" | "unreadable") =>
  Effect.ignore(record(about(target, "VaultRead", { store: target.authority.ref.kind, found })))

const noteReading = (target: Target, found: Held, standing: Standing) =>
  record(
    about(target, "VaultRead", {
      store: target.authority.ref.kind,
      found: "generation",
      generation: refOf(found.generation),
      standing
    })
  )

/** The current generation's tokens, if this process or the stash has them. */
const keptElsewhere = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const memory = yield* TokenMemory
  const inHand = memory.get(target.grant)
  if (inHand !== undefined && isCurrent(grant, inHand)) return inHand
  const stash = yield* Stash
  for (const entry of yield* stash.forGrant(target.grant)) {
    const held = yield* holding(target, entry.tokens)
    if (isCurrent(grant, held)) return held
  }
  return undefined
})

const isCurrent = (grant: Grant, held: Held): boolean =>
  grant.current !== undefined && isSame(grant.current, held.generation)

/** An older pair came back into the store, from a backup or a slow writer: ours goes over it again, if the store takes it. */
const putBack = Effect.fnUntraced(function* (target: Target, grant: Grant, held: Held | undefined) {
  if (held === undefined || !target.authority.writable || grant.health._tag === "Dead") return held
  yield* Effect.ignore(target.authority.store(held.tokens, yield* givesWay(target, grant, held)))
  return held
})
