/**
 * The policy that each actor decided by, as it recorded it when it opened the pool.
 */
import type { ActorId } from "../Ids.ts"
import type { Policy } from "../Policy.ts"
import { defaults } from "../Policy.ts"
import type { Recorded } from "../Recorded.ts"

export class Policies {
  private readonly applied = new Map<ActorId, Policy>()
  private readonly otherwise: Policy

  /** `otherwise` is for actors that recorded none, or whose record was archived. */
  constructor(otherwise: Policy = defaults) {
    this.otherwise = otherwise
  }

  hear(event: Recorded): void {
    if (event.type === "PolicyApplied") this.applied.set(event.actor, event.data.policy)
  }

  of(actor: ActorId): Policy {
    return this.applied.get(actor) ?? this.otherwise
  }

  knows(actor: ActorId): boolean {
    return this.applied.has(actor)
  }
}

/** The fields in which two policies differ, in the order in which a policy has them. */
export const differingFields = (one: Policy, other: Policy): ReadonlyArray<keyof Policy> => {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as ReadonlySet<keyof Policy>
  return [...names].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]))
}
