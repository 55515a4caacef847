/**
 * A lock file: created when missing, never removed, never read. Its descriptor counts only while it and the path are
 * one file: a lock on a file that was replaced excludes nobody.
 */
import { Effect, type Scope } from "effect"
import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs"
import { errorCode } from "./ErrorCode.ts"
import { LockError, LockUnavailable } from "../LockError.ts"

export const unavailable =
  (path: string) =>
  (cause: unknown): LockError =>
    new LockError({ path, reason: new LockUnavailable({ cause: errorCode(cause) }) })

/** Node opens with `O_CLOEXEC`: no child process inherits the descriptor unless it is handed over. */
export const open = (path: string): Effect.Effect<number, LockError> =>
  Effect.try({
    try: () => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600),
    catch: unavailable(path)
  })

export const close = (fd: number): Effect.Effect<void> => Effect.sync(() => closeSync(fd))

/** Whether descriptor and path are still one file. */
export const isCurrent = (path: string, fd: number): boolean => {
  try {
    return currency(path, fd)()
  } catch {
    return false
  }
}

/** Asks the same again and again while the descriptor is open, and the same file therefore. */
export const currency = (path: string, fd: number): (() => boolean) => {
  const held = fstatSync(fd, { bigint: true })
  return () => {
    try {
      const named = statSync(path, { bigint: true })
      return named.ino === held.ino && named.dev === held.dev
    } catch {
      return false
    }
  }
}

/**
 * Opens the file and lets `take` lock it, from the start again if the path was replaced meanwhile. The lock ends with
 * the descriptor: when the scope closes, or at once when `take` fails or is interrupted.
 */
export const acquire = (
  path: string,
  take: (fd: number) => Effect.Effect<void, LockError>
): Effect.Effect<number, LockError, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.acquireRelease(
      openLocked(path, (fd) => restore(take(fd))),
      close
    )
  )

const openLocked = Effect.fnUntraced(function* (
  path: string,
  take: (fd: number) => Effect.Effect<void, LockError>
): Effect.fn.Return<number, LockError> {
  while (true) {
    const fd = yield* open(path)
    yield* take(fd).pipe(Effect.onError(() => close(fd)))
    if (isCurrent(path, fd)) return fd
    yield* close(fd)
  }
})
