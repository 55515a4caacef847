/** What a question is answered from: the events, and the pool as they left it. */
import type { PoolState } from "@daybook/pool/PoolState"
import type { Cursor, Progress } from "../Questions.ts"
import type { Source } from "../Source.ts"

export interface Context {
  readonly source: Source
  /** As the pool stood behind an event, from the one before the first on. */
  readonly stateAt: (cursor: Cursor) => Promise<PoolState>
  /** The oldest event that can be read. */
  readonly first: number
  /** Aborted once nobody waits for the answer any more: then reading stops, and the answer fails with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Told how far a long answer has come. */
  readonly progress?: ((read: Progress) => void) | undefined
}
