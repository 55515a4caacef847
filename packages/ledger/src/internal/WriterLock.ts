/**
 * The lock of all writers of one ledger. It counts only while the lock file's path names the file we locked; if somebody
 * replaced the file, the new one is opened and locked instead.
 */
import type { LockError } from "@daybook/files/LockError"
import * as RangeLock from "@daybook/files/RangeLock"
import { Effect, Exit, Match, Option, Scope } from "effect"
import { dirname } from "node:path"
import { Busy, LedgerError, type LedgerReason, Missing, Unavailable } from "../LedgerError.ts"

/** The kind of lock, as a ledger's first line names it. */
export const kind = "ofd"

/** How long a writer waits for the others. */
const limit = "10 seconds"

export interface WriterLock {
  /** Runs an effect under the lock. Waiting for the lock can be interrupted, the effect cannot. */
  readonly hold: <A>(effect: Effect.Effect<A, LedgerError>) => Effect.Effect<A, LedgerError>
}

export const open = Effect.fnUntraced(function* (path: string): Effect.fn.Return<WriterLock, LedgerError, Scope.Scope> {
  const scope = yield* Effect.scope
  const openLock = Effect.gen(function* () {
    const own = yield* Scope.fork(scope)
    const lock = yield* RangeLock.open(path).pipe(Scope.provide(own), Effect.mapError(toLedgerError))
    return { ...lock, close: Scope.close(own, Exit.void) }
  })
  let lock = yield* openLock
  const holdIfCurrent = <A>(effect: Effect.Effect<A, LedgerError>) =>
    lock.isSameInode.pipe(
      Effect.flatMap((isSame) => (isSame ? Effect.asSome(effect) : Effect.succeedNone)),
      Effect.uninterruptible,
      lock.withLock(limit),
      Effect.catchTag("LockError", (error) => Effect.fail(toLedgerError(error)))
    )
  const hold = Effect.fnUntraced(function* <A>(effect: Effect.Effect<A, LedgerError>) {
    while (true) {
      const done = yield* holdIfCurrent(effect)
      if (Option.isSome(done)) return done.value
      const replaced = lock
      lock = yield* openLock
      yield* replaced.close
    }
  })
  return { hold }
})

const toLedgerError = ({ path, reason }: LockError): LedgerError =>
  new LedgerError({
    reason: Match.valueTags(reason, {
      LockTimeout: ({ waited }): LedgerReason => new Busy({ path, waited }),
      LockUnavailable: ({ cause }) =>
        cause === "ENOENT"
          ? new Missing({ path: dirname(path) })
          : new Unavailable({ operation: "lock", path, code: cause }),
      LockUnsupported: ({ missing }) => new Unavailable({ operation: "lock", path, code: `without ${missing}` })
    })
  })
