/**
 * Who has written lately. Every command that is run joins once, so those who joined long ago are forgotten, unless a grant
 * still names them.
 */
import { HashMap } from "effect"
import type { EventOf } from "../Event.ts"
import type { ActorId } from "../Ids.ts"
import type { Actor, Grant, PoolState } from "../PoolState.ts"
import type { Envelope } from "../Recorded.ts"

/** As many are kept, at least; twice as many at most, beside those that grants name. */
export const actorsKept = 256

export const withActor = (
  { actors, grants }: PoolState,
  event: Envelope & EventOf<"ActorJoined">
): PoolState["actors"] => {
  const joined = HashMap.set(actors, event.actor, { joined: event.seq, ...event.data })
  return HashMap.size(joined) <= 2 * actorsKept ? joined : withoutOld(joined, HashMap.values(grants))
}

const withoutOld = (actors: PoolState["actors"], grants: Iterable<Grant>): PoolState["actors"] => {
  const named = new Set(Array.from(grants).flatMap(namedBy))
  const newest = Array.from(actors).toSorted(byJoining).slice(0, actorsKept)
  const kept = new Map([...newest, ...Array.from(actors).filter(([id]) => named.has(id))])
  return HashMap.fromIterable(kept)
}

const byJoining = ([, a]: readonly [ActorId, Actor], [, b]: readonly [ActorId, Actor]): number => b.joined - a.joined

const namedBy = ({ lineage, movedBy, open, unclassified }: Grant): ReadonlyArray<ActorId | undefined> => [
  movedBy,
  open?.actor,
  unclassified?.actor,
  ...lineage.map(({ by }) => by)
]
