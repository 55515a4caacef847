/**
 * The live pair that another program's newer one displaced. It may be the only good one of the two, so it is kept; and
 * when the newcomer is refused for good before it ever gave anything, or is of no use and on no disk, the grant goes back
 * to it.
 */
import { isLeft } from "@daybook/pool/decisions/GoBack"
import { type GenerationRef, isSame, refOf } from "@daybook/pool/Generation"
import type { EventId } from "@daybook/pool/Ids"
import type { Failure, Grant } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import type { TerminalReason } from "@daybook/pool/Verdict"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Clock, Effect, Option } from "effect"
import type { Phase } from "./Adoption.ts"
import { about } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { displacedAs, displacedReason, keptElsewhere } from "./KeptTokens.ts"
import type { Target } from "./Target.ts"

/** Before the grant moves on: this process has the pair, or another one left it in the stash. */
export const keepDisplaced = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const { current, health } = grant
  if (target.credential.ownership === "borrowed" || health._tag === "Dead" || current?.refresh === undefined) return
  const kept = yield* keptElsewhere(target, grant)
  if (kept !== undefined) yield* putInQuarantine(target, kept)
})

/** A pair that lives and stands in no store. */
export const putInQuarantine = Effect.fnUntraced(function* (target: Target, { generation, tokens }: Held) {
  if (generation.refresh === undefined) return
  const quarantine = yield* Quarantine
  yield* quarantine.put(generation.refresh, {
    tokens,
    grant: target.grant,
    provider: target.provider.id,
    reason: displacedReason,
    at: yield* Clock.currentTimeMillis
  })
})

/** Whether quarantine has it, under whatever reason. */
export const isAside = Effect.fnUntraced(function* ({ refresh }: GenerationRef) {
  return refresh !== undefined && Option.isSome(yield* Quarantine.use((quarantine) => quarantine.find(refresh)))
})

/** A pair that nobody judged when the grant went back from it, before ours takes its place in a store or in memory. */
export const keepLeft = Effect.fnUntraced(function* (target: Target, grant: Grant, left: Held | undefined) {
  if (left === undefined || !isLeft(grant, left.generation)) return
  if (!(yield* isAside(left.generation))) yield* putInQuarantine(target, left)
})

/**
 * What the refused generation displaced: the one before it, if its refresh token was never sent. Not if another program
 * may have sent it, which made the newcomer with it: one that was issued later, or is refused since it was spent. A
 * newcomer that was refreshed once has proved itself, and what it displaced is of the past. Nor if that was the same
 * refresh token under another access token.
 */
export const findDisplaced = Effect.fnUntraced(function* (
  target: Target,
  { lineage }: Grant,
  failure: Pick<Failure, "generation">,
  reason?: TerminalReason
) {
  const place = lineage.findLastIndex(({ generation }) => generation.refresh === failure.generation.refresh)
  const [before, refused] = [lineage[place - 1], lineage[place]]
  if (target.credential.ownership === "borrowed" || before?.sent !== 0 || reason === "Reused") return undefined
  if (before.generation.refresh === failure.generation.refresh) return undefined
  if ((refused?.generation.issuedAt ?? 0) > (before.generation.issuedAt ?? Infinity)) return undefined
  const held = yield* displacedAs(target, before.generation.refresh)
  return held !== undefined && isSame(held.generation, before.generation) ? held : undefined
})

export const backToDisplaced = (
  target: Target,
  { generation }: Pick<Failure, "generation">,
  displaced: Held,
  phase: Phase,
  cause?: EventId
): Draft =>
  about(
    target,
    "RaceAdopted",
    {
      held: refOf(generation),
      found: displaced.generation,
      winner: {},
      phase,
      fallback: true
    },
    cause
  )
