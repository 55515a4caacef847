/**
 * Counts over all processes of a machine how often something is done at the moment. Each process has a place in a file:
 * its own number, and a locked byte that says that it lives. The kernel frees the byte when the process dies, and its
 * number counts no more. Nobody waits. The file is created with mode 0600 and never removed, and nothing but this module
 * may open it.
 *
 * One lock for each process, and not for each of its uses: to ask for a lock in vain is what costs most. Where
 * `isAvailable` says no, the system cannot lock a part of a file.
 */
import { Effect, type Scope } from "effect"
import { closeSync, constants, existsSync, openSync, readSync, writeSync } from "node:fs"
import * as LockFile from "./internal/LockFile.ts"
import * as NativeLock from "./internal/NativeLock.ts"
import type { LockError } from "./LockError.ts"

export interface Tally {
  /** One more. Throws `LockError` when the system refuses. */
  readonly add: () => void
  /** One less. Throws `LockError` when the system refuses. */
  readonly subtract: () => void
  /** Of all processes, this one included. Throws `LockError` when the system refuses. */
  readonly count: () => number
}

/** So many processes at once; those that come later count only for themselves. */
const places = 1024

const width = 4

/** Behind the numbers: on Windows nobody else can read a locked byte. */
const locksAt = 1 << 20

export const isAvailable: Effect.Effect<boolean> = Effect.sync(() => NativeLock.hasRanges && NativeLock.isAvailable())

/**
 * The tally in the file at a path. It is opened when it is first needed, and closed with the scope: what was counted here
 * counts no more.
 */
export const open: Effect.Effect<(path: string) => Tally, LockError, Scope.Scope> = Effect.flatMap(
  Effect.suspend(() => NativeLock.load("a part of a file")),
  (native) =>
    Effect.map(
      Effect.acquireRelease(
        Effect.sync((): Array<TallyFile> => []),
        (files) => Effect.sync(() => files.forEach((file) => file.close()))
      ),
      (files) => (path) => {
        const file = new TallyFile(path, native)
        files.push(file)
        return { add: () => file.change(1), subtract: () => file.change(-1), count: () => file.count() }
      }
    )
)

class TallyFile {
  readonly #path: string
  readonly #native: NativeLock.NativeLock
  /** A descriptor never sees its own locks, so there is one to lock with and one to look with. */
  #holding: number | undefined
  #looking: number | undefined
  #place: number | undefined
  #own = 0
  #closed = false

  constructor(path: string, native: NativeLock.NativeLock) {
    this.#path = path
    this.#native = native
  }

  change(by: 1 | -1): void {
    if (this.#closed && by < 0) return
    this.#orLockError(() => {
      const fd = (this.#holding ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600))
      this.#place ??= this.#freePlace(fd)
      this.#own += by
      if (this.#place !== undefined) writeNumber(fd, this.#place, this.#own)
    })
  }

  count(): number {
    return this.#orLockError(() => {
      const fd = (this.#looking ??= openIfThere(this.#path))
      return this.#own + (fd === undefined ? 0 : this.#others(fd))
    })
  }

  close(): void {
    this.#closed = true
    for (const fd of [this.#holding, this.#looking]) if (fd !== undefined) closeSync(fd)
  }

  #freePlace(fd: number): number | undefined {
    for (let place = 0; place < places; place++) if (this.#native.tryLock(fd, locksAt + place, 1)) return place
    return undefined
  }

  #others(fd: number): number {
    const numbers = Buffer.allocUnsafe(places * width)
    const length = readSync(fd, numbers, 0, numbers.length, 0)
    let sum = 0
    for (let place = 0; (place + 1) * width <= length; place++) {
      const number = numbers.readUInt32LE(place * width)
      if (number > 0 && place !== this.#place && this.#isAlive(fd, place)) sum += number
    }
    return sum
  }

  /** The number of a dead process is wiped out, which nobody else does while its byte is locked for reading. */
  #isAlive(fd: number, place: number): boolean {
    if (!this.#native.tryLock(fd, locksAt + place, 1, { shared: true })) return true
    try {
      writeNumber(fd, place, 0)
    } finally {
      this.#native.unlock(fd, locksAt + place, 1)
    }
    return false
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

const writeNumber = (fd: number, place: number, number: number): void => {
  const bytes = Buffer.allocUnsafe(width)
  bytes.writeUInt32LE(number)
  writeSync(fd, bytes, 0, width, place * width)
}

/** Who has not been there need not create the file to see that nobody is. It is never removed. */
const openIfThere = (path: string): number | undefined =>
  existsSync(path) ? openSync(path, constants.O_RDWR) : undefined
