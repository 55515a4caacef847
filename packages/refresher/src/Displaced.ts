/**
 * The live pair that another program's newer one displaced. It may be the only good one of the two, so it is kept; and
 * when the newcomer is refused for good before it ever gave anything, the grant goes back to it.
 */
import { isSame, refOf } from "@daybook/pool/Generation"
import type { EventId } from "@daybook/pool/Ids"
import type { Failure, Grant } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Clock, Effect, Option } from "effect"
import { about } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { holding, type Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** Where the quarantine says why a pair is there. */
const reason = "Displaced"

/** Before the grant moves on: only what this process holds can be kept. */
export const keepDisplaced = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const inHand = (yield* TokenMemory).get(target.grant)
  const name = inHand?.generation.refresh
  if (
    target.credential.ownership === "borrowed" ||
    inHand === undefined ||
    name === undefined ||
    grant.health._tag === "Dead" ||
    grant.current === undefined ||
    !isSame(grant.current, inHand.generation)
  )
    return
  const quarantine = yield* Quarantine
  yield* quarantine.put(name, {
    tokens: inHand.tokens,
    grant: target.grant,
    provider: target.provider.id,
    reason,
    at: yield* Clock.currentTimeMillis
  })
})

/**
 * What the refused generation displaced: the one before it, if its refresh token was never sent. A newcomer that was
 * refreshed once has proved itself, and what it displaced is of the past.
 */
export const findDisplaced = Effect.fnUntraced(function* (target: Target, { lineage }: Grant, failure: Failure) {
  const refused = lineage.findLastIndex(({ generation }) => generation.refresh === failure.generation.refresh)
  const before = lineage[refused - 1]
  if (target.credential.ownership === "borrowed" || before?.sent !== 0) return undefined
  const held = yield* displacedAs(target, before.generation.refresh)
  return held !== undefined && isSame(held.generation, before.generation) ? held : undefined
})

/** The kept pair with this refresh token, if it was displaced and not judged. */
export const displacedAs = Effect.fnUntraced(function* (target: Target, refresh: Held["generation"]["refresh"]) {
  if (refresh === undefined) return undefined
  const entry = Option.getOrUndefined(yield* Quarantine.use((quarantine) => quarantine.find(refresh)))
  return entry?.reason === reason && entry.grant === target.grant ? yield* holding(target, entry.tokens) : undefined
})

export const backToDisplaced = (
  target: Target,
  { generation }: Failure,
  displaced: Held,
  cause: EventId | undefined
): Draft =>
  about(
    target,
    "RaceAdopted",
    {
      held: refOf(generation),
      found: displaced.generation,
      winner: {},
      phase: "after rejection",
      fallback: true
    },
    cause
  )
