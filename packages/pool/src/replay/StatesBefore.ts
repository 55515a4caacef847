/** The states before the last acts, the newest first: a decision may have been made on an older one than its place says. */
import type { PoolState } from "../PoolState.ts"

/** So many appends of others may come between a decision and its record. */
const most = 16

export class StatesBefore {
  private states: ReadonlyArray<PoolState> = []

  add(state: PoolState): void {
    this.states = [state, ...this.states.slice(0, most - 1)]
  }

  get all(): ReadonlyArray<PoolState> {
    return this.states
  }
}
