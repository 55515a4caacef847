/**
 * An exclusive kernel lock on a dedicated file, for our own processes. It belongs to one open descriptor: a second
 * opening excludes the first, in the same process too, and the kernel frees it when the process dies. The file is
 * created with mode 0600 and never removed; nothing but this module may open it.
 *
 * On Linux this is an open-file-description lock, which does not exclude `flock(2)`; see FlockLock for that.
 */
import { type Duration, Effect, type Scope } from "effect"
import { closeSync } from "node:fs"
import * as LockFile from "./internal/LockFile.ts"
import * as NativeLock from "./internal/NativeLock.ts"
import * as Wait from "./internal/Wait.ts"
import { LockError } from "./LockError.ts"

/**
 * An open lock file. `isSameInode` says whether descriptor and path are still one file; false means the lock excludes
 * nobody any more.
 */
export interface LockedFile {
  readonly fd: number
  readonly isSameInode: Effect.Effect<boolean>
}

/** A lock file kept open, to be locked many times. */
export interface RangeLock extends LockedFile {
  /** False when anybody holds the lock, this very object included. Throws `LockError` when the system refuses. */
  readonly tryLock: () => boolean
  /** Gives the lock up; does nothing when this object does not hold it. */
  readonly unlock: () => void
  /** Runs an effect under the lock. Waiting can be interrupted. It does not look at `isSameInode`. */
  readonly withLock: (
    timeout: Duration.Input
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | LockError, R>
}

/** Locks the file until the scope closes. If the path was replaced while waiting, the new file is locked instead. */
export const acquire = Effect.fnUntraced(function* (
  path: string,
  options: { readonly timeout: Duration.Input }
): Effect.fn.Return<LockedFile, LockError, Scope.Scope> {
  const native = yield* NativeLock.load(path)
  const deadline = Wait.deadlineAfter(options.timeout)
  const fd = yield* LockFile.acquire(path, (fd) =>
    Wait.until({ path, deadline, attempt: attempt(path, () => native.tryLock(fd)), restore: (pause) => pause })
  )
  return lockedFile(path, fd)
})

/** Opens the file without locking it; the scope closes it, and with it gives up the lock. */
export const open = Effect.fnUntraced(function* (path: string): Effect.fn.Return<RangeLock, LockError, Scope.Scope> {
  const native = yield* NativeLock.load(path)
  const descriptor = yield* Effect.acquireRelease(
    Effect.map(LockFile.open(path), (fd) => new Descriptor(fd, native)),
    (descriptor) => Effect.sync(() => descriptor.close())
  )
  return rangeLock(path, descriptor)
})

/**
 * One open descriptor and whether it holds the lock: the kernel grants a descriptor its own lock again, so exclusion
 * among users of one object is kept here. Once closed it refuses, since its number may mean another file by then.
 */
class Descriptor {
  readonly fd: number
  readonly #native: NativeLock.NativeLock
  #state: "free" | "held" | "closed" = "free"

  constructor(fd: number, native: NativeLock.NativeLock) {
    this.fd = fd
    this.#native = native
  }

  tryLock(): boolean {
    if (this.#state === "closed") throw Object.assign(new Error("closed"), { code: "EBADF" })
    if (this.#state === "held" || !this.#native.tryLock(this.fd)) return false
    this.#state = "held"
    return true
  }

  unlock(): void {
    if (this.#state !== "held") return
    this.#state = "free"
    this.#native.unlock(this.fd)
  }

  close(): void {
    this.#state = "closed"
    closeSync(this.fd)
  }
}

const lockedFile = (path: string, fd: number): LockedFile => ({
  fd,
  isSameInode: Effect.sync(() => LockFile.isCurrent(path, fd))
})

const rangeLock = (path: string, descriptor: Descriptor): RangeLock => ({
  ...lockedFile(path, descriptor.fd),
  tryLock: () => orThrowLockError(path, () => descriptor.tryLock()),
  unlock: () => descriptor.unlock(),
  withLock: (timeout) => (effect) =>
    Effect.uninterruptibleMask((restore) =>
      Wait.until({
        path,
        deadline: Wait.deadlineAfter(timeout),
        attempt: attempt(path, () => descriptor.tryLock()),
        restore
      }).pipe(Effect.andThen(restore(effect).pipe(Effect.ensuring(Effect.sync(() => descriptor.unlock())))))
    )
})

const attempt = (path: string, tryLock: () => boolean): Effect.Effect<boolean, LockError> =>
  Effect.try({ try: tryLock, catch: LockFile.unavailable(path) })

const orThrowLockError = (path: string, tryLock: () => boolean): boolean => {
  try {
    return tryLock()
  } catch (cause) {
    throw LockFile.unavailable(path)(cause)
  }
}
