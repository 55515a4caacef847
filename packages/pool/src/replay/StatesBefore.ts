/**
 * The states before the last acts, the newest first: a decision may have been made on an older one than its place says.
 * Mostly not on one older than its actor's last event, which that actor knew.
 */
import type { ActorId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { PoolState } from "../PoolState.ts"
import type { Act } from "./Act.ts"

/** So many appends of others may come between a decision and its record. */
const most = 16

/** And so much time, in milliseconds. */
const longest = 30_000

interface Before {
  readonly state: PoolState
  /** The act that followed this state: who wrote it, and when. */
  readonly actor: ActorId
  readonly at: Instant
  /** What an accepted call ends is decided in passing, beside what else its process does. */
  readonly isPassing: boolean
}

export class StatesBefore {
  private states: ReadonlyArray<Before> = []

  /** The state before an act. */
  add(state: PoolState, [first]: Act): void {
    const isPassing = first.type === "ApiOutcomeObserved" && first.data.accepted
    const { actor, at } = first
    this.states = [{ state, actor, at, isPassing }, ...this.states.slice(0, most - 1)]
  }

  /** Those on which the act that was added last may have been decided. */
  get possible(): ReadonlyArray<PoolState> {
    const [last, ...earlier] = this.states
    if (last === undefined) return []
    const isKnown = ({ actor, at }: Before) =>
      Math.abs(last.at - at) > longest || (actor === last.actor && !last.isPassing)
    const known = earlier.findIndex(isKnown)
    return [last, ...earlier.slice(0, known < 0 ? earlier.length : known)].map(({ state }) => state)
  }
}
