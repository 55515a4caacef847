/**
 * What every kind of exclusive lock on a dedicated file offers, so that a caller can take the kind its system has. Two
 * kinds on one file do not exclude each other: all users of a file must take the same.
 */
import type { Duration, Effect } from "effect"
import type { LockError } from "./LockError.ts"

/** A lock file kept open, to be locked many times. Two openings exclude each other, in the same process too. */
export interface ExclusiveLock {
  /**
   * Whether the opened file and the path are still one file; false means the lock excludes nobody any more, or was
   * closed.
   */
  readonly isSameInode: Effect.Effect<boolean>
  /** False when anybody holds the lock, this very object included. Throws `LockError` when the system refuses. */
  readonly tryLock: () => boolean
  /** Gives the lock up; does nothing when this object does not hold it. */
  readonly unlock: () => void
  /** Runs an effect under the lock. Waiting can be interrupted. It does not look at `isSameInode`. */
  readonly withLock: (
    timeout: Duration.Input
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | LockError, R>
}
