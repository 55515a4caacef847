/**
 * What of the events before a moment is needed to understand those after it: who is in the pool, who writes, under which
 * policy, and how each grant came to stand where it does.
 */
import { catalogue, type EventType, grantOf } from "../Event.ts"
import type { GrantId } from "../Ids.ts"
import { isSame } from "../Generation.ts"
import type { Grant, PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { HashMap, Option } from "effect"

/** `state` is the fold at the moment. */
export const isBackground = (state: PoolState): ((event: Recorded) => boolean) => {
  const since = (grant: GrantId) => Option.map(HashMap.get(state.grants, grant), beginningOf)
  return (event) => {
    if (event.type === "Unknown") return false
    if (isAlways(event.type)) return true
    const grant = grantOf(event)
    return grant !== undefined && Option.exists(since(grant), (seq) => event.seq >= seq)
  }
}

const isAlways = (type: EventType): boolean =>
  catalogue[type].kind === "operator" || type === "ActorJoined" || type === "PolicyApplied"

/** Where its current generation came from; all of its past, if that is forgotten. */
const beginningOf = ({ current, lineage }: Grant): number =>
  current === undefined ? 0 : (lineage.findLast(({ generation }) => isSame(generation, current))?.seq ?? 0)
