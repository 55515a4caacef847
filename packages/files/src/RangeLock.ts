/**
 * An exclusive kernel lock on a dedicated file, for our own processes. It belongs to one open descriptor: a second
 * opening excludes the first, in the same process too, and the kernel frees it when the process dies. The file is
 * created with mode 0600 and never removed; nothing but this module may open it.
 *
 * On Linux this is an open-file-description lock, which does not exclude `flock(2)`; see FlockLock for that. Where
 * `isAvailable` says no, see SqliteLock.
 */
import { type Duration, Effect, type Scope } from "effect"
import type { ExclusiveLock } from "./ExclusiveLock.ts"
import * as LockFile from "./internal/LockFile.ts"
import * as LockHandle from "./internal/LockHandle.ts"
import * as NativeLock from "./internal/NativeLock.ts"
import * as Wait from "./internal/Wait.ts"
import type { LockError } from "./LockError.ts"

/**
 * An open lock file. `isSameInode` says whether descriptor and path are still one file; false means the lock excludes
 * nobody any more.
 */
export interface LockedFile {
  readonly fd: number
  readonly isSameInode: Effect.Effect<boolean>
}

/** A lock file kept open, to be locked many times. */
export interface RangeLock extends ExclusiveLock {
  readonly fd: number
}

/** Whether this system has the lock at all: `fs-native-extensions` has no build for musl, for one. */
export const isAvailable: Effect.Effect<boolean> = Effect.sync(NativeLock.isAvailable)

/** Locks the file until the scope closes. If the path was replaced while waiting, the new file is locked instead. */
export const acquire = Effect.fnUntraced(function* (
  path: string,
  options: { readonly timeout: Duration.Input }
): Effect.fn.Return<LockedFile, LockError, Scope.Scope> {
  const native = yield* NativeLock.load(path)
  const deadline = Wait.deadlineAfter(options.timeout)
  const fd = yield* LockFile.acquire(path, (fd) =>
    Wait.until({
      path,
      deadline,
      attempt: LockHandle.attempt(path, () => native.tryLock(fd)),
      restore: (pause) => pause
    })
  )
  return { fd, isSameInode: Effect.sync(() => LockFile.isCurrent(path, fd)) }
})

/** Opens the file without locking it; the scope closes it, and with it gives up the lock. */
export const open = Effect.fnUntraced(function* (path: string): Effect.fn.Return<RangeLock, LockError, Scope.Scope> {
  const native = yield* NativeLock.load(path)
  const fd = yield* Effect.acquireRelease(LockFile.open(path), LockFile.close)
  const lock = yield* LockHandle.make(path, {
    tryLock: () => native.tryLock(fd),
    unlock: () => native.unlock(fd),
    isCurrent: LockFile.currency(path, fd)
  })
  return { fd, ...lock }
})
