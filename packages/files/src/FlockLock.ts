/**
 * The `flock(2)` lock of the BSDs, which Python's `fcntl.flock` takes: for sharing a lock file with programs that use
 * it. The kernel frees it when the process dies. Inside this process waiting users of one file queue up, so at most
 * one of them asks the kernel.
 *
 * Linux needs the program `flock` of util-linux; macOS needs nothing; elsewhere the answer is `LockUnsupported`.
 */
import { type Duration, Effect, type Scope } from "effect"
import { realpathSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { flockHolder } from "./internal/FlockHolder.ts"
import { allOrNothing } from "./AllOrNothing.ts"
import * as FlockProgram from "./internal/FlockProgram.ts"
import * as LockFile from "./internal/LockFile.ts"
import * as NativeLock from "./internal/NativeLock.ts"
import * as ProcessTurn from "./internal/ProcessTurn.ts"
import * as Wait from "./internal/Wait.ts"
import { LockError, LockUnsupported } from "./LockError.ts"

type Flock = (path: string, fd: number, deadline: Wait.Deadline) => Effect.Effect<void, LockError>

/** Locks the file until the scope closes; creates it with mode 0600 when missing. Waiting can be interrupted. */
export const acquire = Effect.fnUntraced(function* (
  path: string,
  options: { readonly timeout: Duration.Input }
): Effect.fn.Return<void, LockError, Scope.Scope> {
  const flock = yield* forPlatform(path)
  const deadline = Wait.deadlineAfter(options.timeout)
  yield* allOrNothing(
    Effect.andThen(
      takeTurn(path, deadline),
      LockFile.acquire(path, (fd) => flock(path, fd, deadline))
    )
  )
})

const forPlatform = (path: string): Effect.Effect<Flock, LockError> => {
  switch (process.platform) {
    case "linux":
      return Effect.succeed(byProgram)
    case "darwin":
      return Effect.succeed(byLibrary)
    default:
      return Effect.fail(unsupported(path))
  }
}

const unsupported = (path: string): LockError =>
  new LockError({ path, reason: new LockUnsupported({ platform: process.platform, missing: "flock(2)" }) })

const takeTurn = Effect.fnUntraced(function* (
  path: string,
  deadline: Wait.Deadline
): Effect.fn.Return<void, LockError, Scope.Scope> {
  const key = yield* Effect.try({
    try: () => join(realpathSync(dirname(path)), basename(path)),
    catch: LockFile.unavailable(path)
  })
  yield* Wait.within(ProcessTurn.take(key), deadline, () => Wait.timedOut(path, deadline, "this process"))
})

const byProgram: Flock = (path, fd, deadline) =>
  FlockProgram.lock(path, fd, deadline).pipe(
    Effect.filterOrFail(
      (locked) => locked,
      () => Wait.timedOut(path, deadline, flockHolder(path))
    )
  )

/** On macOS the library's lock is `flock(2)` itself. */
const byLibrary: Flock = Effect.fnUntraced(function* (path, fd, deadline) {
  const native = yield* NativeLock.load(path)
  const attempt = Effect.try({ try: () => native.tryLock(fd), catch: LockFile.unavailable(path) })
  yield* Wait.until({ path, deadline, attempt, restore: (pause) => pause })
})
