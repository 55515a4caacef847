/** What looks for one kind of loop: it is handed each event once, in order, with what the event did to its grant. */
import type { PoolEvent } from "../../Event.ts"
import type { Envelope } from "../../Recorded.ts"
import type { Moved } from "./Lineages.ts"
import type { Run, Runs } from "./Runs.ts"

export type Known = Envelope & PoolEvent

export interface Watcher {
  readonly take: (event: Known, moved: Moved) => void
  readonly runs: ReadonlyArray<Runs>
}

/** Is told of each run when it becomes a loop. */
export type Watch = (recognised: (run: Run) => void) => Watcher

/** So many grants or credentials are remembered. */
export const subjectsMost = 4_096

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour
