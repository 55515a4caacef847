/**
 * What an operator may bring back of a grant: exactly the generation that is judged dead now, or one that too many
 * unknown answers stopped. Whoever asks holds the grant's lock and has looked into its store.
 */
import { type GenerationRef, refOf } from "../Generation.ts"
import type { CredentialId } from "../Ids.ts"
import type { Policy } from "../Policy.ts"
import type { Dead, Grant } from "../PoolState.ts"
import type { Draft } from "../Recorded.ts"

type Revivable =
  /** Its refresh token was judged, so its store was cleared: the pair has to be put back first. */
  | { readonly _tag: "Restore"; readonly dead: Dead }
  /** Only its access token was judged; its store has it still. */
  | { readonly _tag: "Lift"; readonly generation: GenerationRef }
  /** Nothing of it is dead. */
  | { readonly _tag: "Alive" }

export const revivable = ({ current, health, strikes }: Grant, policy: Policy): Revivable => {
  if (health._tag === "Dead") {
    return health.bound === "refresh"
      ? { _tag: "Restore", dead: health }
      : { _tag: "Lift", generation: health.generation }
  }
  return current !== undefined && strikes.length >= policy.strikes
    ? { _tag: "Lift", generation: refOf(current) }
    : { _tag: "Alive" }
}

/** To be appended on the grant's version, after the pair is back in its store: nothing is sent with it before. */
export const revive = (credential: CredentialId, grant: Grant, generation: GenerationRef): ReadonlyArray<Draft> => [
  {
    type: "QuarantineLifted",
    v: 1,
    credential,
    data: { grant: grant.id, generation, by: "operator" },
    ...(grant.health._tag === "Dead" ? { cause: grant.health.event } : {})
  }
]
