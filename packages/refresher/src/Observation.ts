/**
 * A generation seen in a store for the first time, as events: seen, and what it ends.
 */
import type { EventOf } from "@daybook/pool/Event"
import type { Grant } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { about } from "./GrantState.ts"
import type { Target } from "./Target.ts"
import type { Held } from "./Held.ts"

export const observation = (
  target: Target,
  grant: Grant,
  found: Held,
  how: EventOf<"GenerationObserved">["data"]["how"]
): ReadonlyArray<Draft> => [
  ...liftings(target, grant, found),
  about(target, "GenerationObserved", { generation: found.generation, where: target.authority.ref.kind, how })
]

/** A quarantine ends when the token that it names is followed by another. */
export const liftings = (target: Target, grant: Grant, found: Held): ReadonlyArray<Draft> =>
  grant.health._tag === "Dead" && grant.health.generation[grant.health.bound] !== found.generation[grant.health.bound]
    ? [about(target, "QuarantineLifted", { generation: grant.health.generation, by: "generation" }, grant.health.event)]
    : []
