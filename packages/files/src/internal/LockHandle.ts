/**
 * One opening of a lock file and whether it holds the lock. The system may grant an opening its own lock again, so
 * exclusion among users of one object is kept here. Once closed it refuses, whatever its descriptor means by then.
 */
import { Effect, type Scope } from "effect"
import type { ExclusiveLock } from "../ExclusiveLock.ts"
import type { LockError } from "../LockError.ts"
import * as LockFile from "./LockFile.ts"
import * as Wait from "./Wait.ts"

/** What one kind of lock does with an opened file. */
export interface LockCalls {
  /** False when another opening holds the lock; throws when the system refuses. */
  readonly tryLock: () => boolean
  readonly unlock: () => void
  /** Whether the opened file and the path are still one file. */
  readonly isCurrent: () => boolean
}

/** The lock over an opened file, until the scope closes. The file must be closed after that, and gives up the lock. */
export const make = (path: string, calls: LockCalls): Effect.Effect<ExclusiveLock, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new LockHandle(calls)),
    (handle) => Effect.sync(() => handle.close())
  ).pipe(Effect.map((handle) => exclusiveLock(path, handle)))

class LockHandle {
  readonly #calls: LockCalls
  #state: "free" | "held" | "closed" = "free"

  constructor(calls: LockCalls) {
    this.#calls = calls
  }

  isCurrent(): boolean {
    return this.#state !== "closed" && this.#calls.isCurrent()
  }

  tryLock(): boolean {
    if (this.#state === "closed") throw Object.assign(new Error("closed"), { code: "EBADF" })
    if (this.#state === "held" || !this.#calls.tryLock()) return false
    this.#state = "held"
    return true
  }

  unlock(): void {
    if (this.#state !== "held") return
    this.#state = "free"
    this.#calls.unlock()
  }

  close(): void {
    this.#state = "closed"
  }
}

const exclusiveLock = (path: string, handle: LockHandle): ExclusiveLock => ({
  isSameInode: Effect.sync(() => handle.isCurrent()),
  tryLock: () => orThrowLockError(path, () => handle.tryLock()),
  unlock: () => handle.unlock(),
  withLock: (timeout) => (effect) =>
    Effect.uninterruptibleMask((restore) =>
      Wait.until({
        path,
        deadline: Wait.deadlineAfter(timeout),
        attempt: attempt(path, () => handle.tryLock()),
        restore
      }).pipe(Effect.andThen(restore(effect).pipe(Effect.ensuring(Effect.sync(() => handle.unlock())))))
    )
})

export const attempt = (path: string, tryLock: () => boolean): Effect.Effect<boolean, LockError> =>
  Effect.try({ try: tryLock, catch: LockFile.unavailable(path) })

const orThrowLockError = (path: string, tryLock: () => boolean): boolean => {
  try {
    return tryLock()
  } catch (cause) {
    throw LockFile.unavailable(path)(cause)
  }
}
