/**
 * The system calls under a ledger file. Everything the store does to its file goes through these few, so that a test can
 * put a failing disk beneath the real writer.
 */
import { Context, Effect, type Scope } from "effect"
import * as fs from "node:fs"
import { dirname } from "node:path"
import { LedgerError, Missing, Unavailable } from "../LedgerError.ts"

export interface SystemCalls {
  readonly open: (path: string, flags: number) => number
  readonly close: (fd: number) => void
  /** Answers how many bytes were read. */
  readonly read: (fd: number, into: Buffer, position: number) => number
  /** Answers how many bytes were written, which may be too few. `null` appends. */
  readonly write: (fd: number, bytes: Buffer, position: number | null) => number
  readonly sync: (fd: number, done: (error: Error | null) => void) => void
}

export const SystemCalls = Context.Reference<SystemCalls>("@daybook/ledger/internal/LedgerFile/SystemCalls", {
  defaultValue: () => ({
    open: (path, flags) => fs.openSync(path, flags),
    close: (fd) => fs.closeSync(fd),
    read: (fd, into, position) => fs.readSync(fd, into, 0, into.length, position),
    write: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
    sync: (fd, done) => fs.fdatasync(fd, done)
  })
})

export interface LedgerFile {
  readonly path: string
  /** In bytes, now. */
  readonly size: Effect.Effect<number, LedgerError>
  /** Whether the path still names this file; fails with `Missing` when it names none. */
  readonly isCurrent: Effect.Effect<boolean, LedgerError>
  /** Reads up to `length` bytes; fewer only at the end of the file. */
  readonly read: (position: number, length: number) => Effect.Effect<Buffer, LedgerError>
  /** One write at the end. Fails with `ENOSPC` when the disk took only a part of it. */
  readonly append: (bytes: Buffer) => Effect.Effect<void, LedgerError>
  readonly overwrite: (position: number, bytes: Buffer) => Effect.Effect<void, LedgerError>
  /** Makes everything in the file durable, whoever wrote it. */
  readonly sync: Effect.Effect<void, LedgerError>
}

const flags = {
  read: fs.constants.O_RDONLY,
  append: fs.constants.O_RDWR | fs.constants.O_APPEND,
  overwrite: fs.constants.O_RDWR
}

/** Opens an existing ledger file until the scope closes. */
export const open = Effect.fnUntraced(function* (
  path: string,
  mode: keyof typeof flags
): Effect.fn.Return<LedgerFile, LedgerError, Scope.Scope> {
  const calls = yield* SystemCalls
  const descriptor = yield* Effect.acquireRelease(
    attempt("open", path, () => new Descriptor(calls.open(path, flags[mode]))),
    (descriptor) => Effect.sync(() => calls.close(descriptor.release()))
  )
  return make(path, descriptor, calls)
})

/** Once released it refuses, since its number may mean another file by then. */
class Descriptor {
  readonly #fd: number
  #isOpen = true

  constructor(fd: number) {
    this.#fd = fd
  }

  get fd(): number {
    if (!this.#isOpen) throw Object.assign(new Error("closed"), { code: "EBADF" })
    return this.#fd
  }

  release(): number {
    this.#isOpen = false
    return this.#fd
  }
}

const make = (path: string, descriptor: Descriptor, calls: SystemCalls): LedgerFile => {
  const writeWhole = (bytes: Buffer, position: number | null) =>
    attempt("write", path, () => {
      if (calls.write(descriptor.fd, bytes, position) < bytes.length)
        throw Object.assign(new Error(), { code: "ENOSPC" })
    })
  return {
    path,
    size: attempt("look at", path, () => fs.fstatSync(descriptor.fd).size),
    isCurrent: attempt("look at", path, () => {
      const held = fs.fstatSync(descriptor.fd, { bigint: true })
      const named = fs.statSync(path, { bigint: true })
      return named.ino === held.ino && named.dev === held.dev
    }),
    read: (position, length) =>
      attempt("read", path, () => {
        const into = Buffer.allocUnsafe(length)
        return into.subarray(0, calls.read(descriptor.fd, into, position))
      }),
    append: (bytes) => writeWhole(bytes, null),
    overwrite: (position, bytes) => writeWhole(bytes, position),
    // Uninterruptible: the descriptor must stay open until the system has answered.
    sync: attempt("sync", path, () => descriptor.fd).pipe(
      Effect.flatMap((fd) =>
        Effect.callback<void, LedgerError>((resume) =>
          calls.sync(fd, (cause) => resume(cause === null ? Effect.void : Effect.fail(failure("sync", path)(cause))))
        )
      ),
      Effect.uninterruptible
    )
  }
}

const attempt = <A>(operation: string, path: string, call: () => A): Effect.Effect<A, LedgerError> =>
  Effect.try({ try: call, catch: failure(operation, path) })

const failure =
  (operation: string, path: string) =>
  (cause: unknown): LedgerError => {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    return new LedgerError({
      reason: code === "ENOENT" ? new Missing({ path: dirname(path) }) : new Unavailable({ operation, path, code })
    })
  }
