/**
 * Counts over all processes of a machine who does something at the moment: each who does takes a seat, which is a byte of
 * a file, locked. The kernel frees the seats of a process that dies. Nobody waits for a seat, and the file stays empty: it
 * is created with mode 0600 and never removed, and nothing but this module may open it.
 *
 * Where `isAvailable` says no, the system cannot lock a part of a file.
 */
import { Effect, type Scope } from "effect"
import { closeSync, constants, openSync } from "node:fs"
import { errorCode } from "./internal/ErrorCode.ts"
import * as LockFile from "./internal/LockFile.ts"
import * as NativeLock from "./internal/NativeLock.ts"
import type { LockError } from "./LockError.ts"

export interface Seats {
  /** The number of a free seat, taken; absent when all are taken. Throws `LockError` when the system refuses. */
  readonly take: () => number | undefined
  readonly leave: (seat: number) => void
  /** How many are taken, by anybody, this object included. Throws `LockError` when the system refuses. */
  readonly count: () => number
}

/** So many at most; a thousand workers of one machine do not fill them. */
export const most = 4096

export const isAvailable: Effect.Effect<boolean> = Effect.sync(() => NativeLock.hasRanges && NativeLock.isAvailable())

/**
 * The seats in the file at a path. It is opened when it is first needed, and closed with the scope: all seats taken here
 * are free then.
 */
export const open: Effect.Effect<(path: string) => Seats, LockError, Scope.Scope> = Effect.flatMap(
  Effect.suspend(() => NativeLock.load("a part of a file")),
  (native) =>
    Effect.map(
      Effect.acquireRelease(
        Effect.sync((): Array<SeatFile> => []),
        (files) => Effect.sync(() => files.forEach((file) => file.close()))
      ),
      (files) => (path) => {
        const file = new SeatFile(path, native)
        files.push(file)
        return { take: () => file.take(), leave: (seat) => file.leave(seat), count: () => file.count() }
      }
    )
)

class SeatFile {
  readonly #path: string
  readonly #native: NativeLock.NativeLock
  readonly #own = new Set<number>()
  /** A descriptor never sees its own locks, so there is one to take with and one to look with. */
  #taking: number | undefined
  #looking: number | undefined
  #closed = false

  constructor(path: string, native: NativeLock.NativeLock) {
    this.#path = path
    this.#native = native
  }

  take(): number | undefined {
    return this.#orLockError(() => {
      const fd = (this.#taking ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600))
      for (let tried = 0; tried < most; tried++) {
        const seat = (first + tried) % most
        if (this.#own.has(seat) || !this.#native.tryLock(fd, seat, 1)) continue
        this.#own.add(seat)
        return seat
      }
      return undefined
    })
  }

  leave(seat: number): void {
    if (!this.#own.delete(seat) || this.#taking === undefined) return
    this.#native.unlock(this.#taking, seat, 1)
  }

  count(): number {
    return this.#orLockError(() => {
      const fd = (this.#looking ??= openIfThere(this.#path))
      return fd === undefined ? 0 : this.#takenIn(fd, 0, most)
    })
  }

  close(): void {
    this.#closed = true
    this.#own.clear()
    for (const fd of [this.#taking, this.#looking]) if (fd !== undefined) closeSync(fd)
  }

  /** A stretch of which a shared lock can be had is free as a whole; any other is halved. */
  #takenIn(fd: number, from: number, length: number): number {
    if (this.#native.tryLock(fd, from, length, { shared: true })) {
      this.#native.unlock(fd, from, length)
      return 0
    }
    if (length === 1) return 1
    const half = length / 2
    return this.#takenIn(fd, from, half) + this.#takenIn(fd, from + half, half)
  }

  /** After the end of its scope a descriptor may mean another file. */
  #orLockError<A>(act: () => A): A {
    try {
      if (this.#closed) throw Object.assign(new Error("closed"), { code: "EBADF" })
      return act()
    } catch (cause) {
      throw LockFile.unavailable(this.#path)(cause)
    }
  }
}

/** Processes begin to look for a free seat at different places, and so rarely meet. */
const first = (process.pid * 61) % most

/** Who has not been there need not create the file to see that nobody is. */
const openIfThere = (path: string): number | undefined => {
  try {
    return openSync(path, constants.O_RDWR)
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return undefined
    throw cause
  }
}
