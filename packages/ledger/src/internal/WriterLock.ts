/**
 * The lock of all writers of one ledger, of the kind its first line names. It counts only while the lock file's path names
 * the file we locked; if somebody replaced the file, the new one is opened and locked instead.
 */
import type { LockError } from "@daybook/files/LockError"
import * as RangeLock from "@daybook/files/RangeLock"
import * as SqliteLock from "@daybook/files/SqliteLock"
import { Duration, Effect, Exit, Match, Option, Scope } from "effect"
import { dirname } from "node:path"
import { Busy, LedgerError, type LedgerReason, LockMismatch, Missing, Unavailable } from "../LedgerError.ts"

/** `ofd`: a lock on an open file description. `sqlite`: the lock of an empty SQLite database, for systems without the former. */
export type LockKind = "ofd" | "sqlite"

/** What a new ledger gets here. */
export const preferred: Effect.Effect<LockKind> = Effect.map(RangeLock.isAvailable, (isAvailable) =>
  isAvailable ? "ofd" : "sqlite"
)

/** The kind that a ledger names, if it is the one asked for and this system has it. */
export const agree = Effect.fnUntraced(function* (
  path: string,
  found: string,
  wanted: LockKind | undefined
): Effect.fn.Return<LockKind, LedgerError> {
  const hasRangeLock = yield* RangeLock.isAvailable
  const can: ReadonlyArray<LockKind> = wanted === undefined ? (hasRangeLock ? ["ofd", "sqlite"] : ["sqlite"]) : [wanted]
  const kind = can.find((one) => one === found)
  return kind ?? (yield* new LedgerError({ reason: new LockMismatch({ path, found, ours: can.join(" or ") }) }))
})

/** How long a writer waits for the others. */
const limit = Duration.seconds(10)

export interface WriterLock {
  /** Runs an effect under the lock. Waiting for the lock can be interrupted, the effect cannot. */
  readonly hold: <A, R>(effect: Effect.Effect<A, LedgerError, R>) => Effect.Effect<A, LedgerError, R>
}

export const open = Effect.fnUntraced(function* (
  path: string,
  kind: LockKind
): Effect.fn.Return<WriterLock, LedgerError, Scope.Scope> {
  const scope = yield* Effect.scope
  const openKind = kind === "ofd" ? RangeLock.open : SqliteLock.open
  const openLock = Effect.gen(function* () {
    const own = yield* Scope.fork(scope)
    const lock = yield* openKind(path).pipe(Scope.provide(own), Effect.mapError(toLedgerError))
    return { ...lock, close: Scope.close(own, Exit.void) }
  })
  let lock = yield* openLock
  const holdIfCurrent = <A, R>(effect: Effect.Effect<A, LedgerError, R>) =>
    lock.isSameInode.pipe(
      Effect.flatMap((isSame) => (isSame ? Effect.asSome(effect) : Effect.succeedNone)),
      Effect.uninterruptible,
      lock.withLock(limit),
      Effect.catchTag("LockError", (error) => Effect.fail(toLedgerError(error)))
    )
  const hold = Effect.fnUntraced(function* <A, R>(effect: Effect.Effect<A, LedgerError, R>) {
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
