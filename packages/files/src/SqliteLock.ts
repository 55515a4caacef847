/**
 * An exclusive lock on a dedicated file where RangeLock has no build, as with musl: SQLite's own lock of a database
 * that stays empty, by the `node:sqlite` inside Node. Like RangeLock a second opening excludes the first, in the same
 * process too, and the kernel frees it when the process dies. The file is created with mode 0600, never written and
 * never removed.
 *
 * Nothing else may open the file: on Linux and macOS this is a POSIX lock, and any other descriptor of the file that
 * this process closes gives it up. Openings by this module are safe; SQLite closes none of them under a lock.
 */
import { Effect, type Scope } from "effect"
import type { ExclusiveLock } from "./ExclusiveLock.ts"
import * as LockFile from "./internal/LockFile.ts"
import * as LockHandle from "./internal/LockHandle.ts"
import * as NodeSqlite from "./internal/NodeSqlite.ts"
import * as SqliteLockFile from "./internal/SqliteLockFile.ts"
import type { LockError } from "./LockError.ts"

/**
 * Opens the file without locking it; the scope closes it, and with it gives up the lock. A file that is not empty is
 * somebody else's, and refused. Two who try for a free lock in the same instant may both be told that it is held: leave
 * some time to `withLock`.
 */
export const open = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<ExclusiveLock, LockError, Scope.Scope> {
  const sqlite = yield* NodeSqlite.load(path)
  const file = yield* Effect.acquireRelease(
    Effect.try({ try: () => SqliteLockFile.open(sqlite, path), catch: LockFile.unavailable(path) }),
    (file) => Effect.sync(() => file.close())
  )
  return yield* LockHandle.make(path, file)
})
