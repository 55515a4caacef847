/**
 * The system calls under a ledger. Everything the store does to its segments goes through these few, so that a test can
 * put a failing disk beneath the real writer, or record what it asks of the disk.
 */
import { Context, Effect, type Scope } from "effect"
import * as fs from "node:fs"
import { dirname } from "node:path"
import { LedgerError, Missing, Unavailable } from "../LedgerError.ts"

/** What a disk is asked. */
export interface Calls {
  readonly open: (path: string, flags: number) => number
  readonly close: (fd: number) => void
  /** Answers how many bytes were read. */
  readonly read: (fd: number, into: Buffer, position: number) => number
  /** The same, while other things are done; answers nothing if it failed. */
  readonly readLater: (fd: number, into: Buffer, position: number, done: (bytes: number | undefined) => void) => void
  /** Answers how many bytes were written, which may be too few. `null` appends. */
  readonly write: (fd: number, bytes: Buffer, position: number | null) => number
  readonly sync: (fd: number, done: (error: Error | null) => void) => void
  readonly link: (from: string, to: string) => void
  readonly rename: (from: string, to: string) => void
  /** Takes a name away, if it is there. */
  readonly remove: (path: string) => void
  /** Makes new and changed names in a folder durable. */
  readonly syncFolder: (path: string) => void
}

export type SystemCalls = Calls

const mode = 0o600

export const SystemCalls = Context.Reference<SystemCalls>("@daybook/ledger/internal/LedgerFile/SystemCalls", {
  defaultValue: () => ({
    open: (path, flags) => fs.openSync(path, flags, mode),
    close: (fd) => fs.closeSync(fd),
    read: (fd, into, position) => fs.readSync(fd, into, 0, into.length, position),
    readLater: (fd, into, position, done) =>
      fs.read(fd, into, 0, into.length, position, (error, bytes) => done(error === null ? bytes : undefined)),
    write: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
    sync: (fd, done) => fs.fdatasync(fd, done),
    link: (from, to) => fs.linkSync(from, to),
    rename: (from, to) => fs.renameSync(from, to),
    remove: (path) => fs.rmSync(path, { force: true }),
    syncFolder
  })
})

const syncFolder = (path: string): void => {
  // Windows opens no folder as a file.
  if (process.platform === "win32") return
  const fd = fs.openSync(path, "r")
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

export interface LedgerFile {
  readonly path: string
  /** In bytes, now. */
  readonly size: Effect.Effect<number, LedgerError>
  /** Whether the path still names this file; fails with `Missing` when it names none. */
  readonly isCurrent: Effect.Effect<boolean, LedgerError>
  /** Reads up to `length` bytes; fewer only at the end of the file. */
  readonly read: (position: number, length: number) => Effect.Effect<Buffer, LedgerError>
  /** The same, into memory that is there already. */
  readonly readInto: (into: Buffer, position: number) => Effect.Effect<Buffer, LedgerError>
  /** Begins at once, and answers how many bytes came. Nothing if it failed: `readInto` says why. */
  readonly readLater: (into: Buffer, position: number) => Promise<number | undefined>
  /** One write at the end. Fails with `ENOSPC` when the disk took only a part of it. */
  readonly append: (bytes: Buffer) => Effect.Effect<void, LedgerError>
  readonly overwrite: (position: number, bytes: Buffer) => Effect.Effect<void, LedgerError>
  /** Makes everything in the file durable, whoever wrote it. */
  readonly sync: Effect.Effect<void, LedgerError>
}

const { O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR } = fs.constants

const flags = {
  read: O_RDONLY | O_NONBLOCK, // what is no file, but a pipe, must not wait for a writer; Windows has no such flag
  append: O_RDWR | O_APPEND,
  overwrite: O_RDWR,
  /** Only if there is none: what has the name may be another name of the ledger itself. */
  create: O_RDWR | O_CREAT | O_EXCL
}

/** Opens a file until the scope closes. */
export const open = Effect.fnUntraced(function* (
  path: string,
  mode: keyof typeof flags
): Effect.fn.Return<LedgerFile, LedgerError, Scope.Scope> {
  const calls = yield* SystemCalls
  const descriptor = yield* Effect.acquireRelease(
    attempt("open", path, () => new Descriptor(calls.open(path, flags[mode]), calls.close)),
    (descriptor) => Effect.sync(() => descriptor.release())
  )
  return make(path, descriptor, calls)
})

/** What is done with names. */
export const names = Effect.map(SystemCalls, (calls) => ({
  link: (from: string, to: string) => attempt("link", to, () => calls.link(from, to)),
  rename: (from: string, to: string) => attempt("rename", to, () => calls.rename(from, to)),
  remove: (path: string) => attempt("remove", path, () => calls.remove(path)),
  syncFolder: (path: string) => attempt("sync", path, () => calls.syncFolder(path))
}))

/** Writes a new file and syncs it; its name is not durable yet. What had the name before loses it. */
export const writeNew = Effect.fnUntraced(function* (
  path: string,
  text: string
): Effect.fn.Return<void, LedgerError, Scope.Scope> {
  const { remove } = yield* names
  yield* remove(path)
  const file = yield* open(path, "create")
  yield* file.append(Buffer.from(text, "latin1"))
  yield* file.sync
}, Effect.scoped)

/** Once released it refuses, since its number may mean another file by then. It stays open under a sync. */
class Descriptor {
  readonly #fd: number
  readonly #close: (fd: number) => void
  readonly #inode: fs.BigIntStats
  #isOpen = true
  #users = 0

  constructor(fd: number, close: (fd: number) => void) {
    this.#fd = fd
    this.#close = close
    this.#inode = fs.fstatSync(fd, { bigint: true })
  }

  /** Whether a path leads to the open file: while it is open, no other can have its inode. */
  isNamed(path: string): boolean {
    const named = fs.statSync(path, { bigint: true })
    return this.#isOpen && named.ino === this.#inode.ino && named.dev === this.#inode.dev
  }

  get fd(): number {
    if (!this.#isOpen) throw Object.assign(new Error("closed"), { code: "EBADF" })
    return this.#fd
  }

  borrow(): number {
    const { fd } = this
    this.#users++
    return fd
  }

  giveBack(): void {
    this.#users--
    this.#closeIfUnused()
  }

  release(): void {
    this.#isOpen = false
    this.#closeIfUnused()
  }

  #closeIfUnused(): void {
    if (!this.#isOpen && this.#users === 0) this.#close(this.#fd)
  }
}

const make = (path: string, descriptor: Descriptor, calls: SystemCalls): LedgerFile => {
  const writeWhole = (bytes: Buffer, position: number | null) =>
    attempt("write", path, () => {
      if (calls.write(descriptor.fd, bytes, position) < bytes.length)
        throw Object.assign(new Error(), { code: "ENOSPC" })
    })
  const readInto = (into: Buffer, position: number) =>
    attempt("read", path, () => into.subarray(0, calls.read(descriptor.fd, into, position)))
  const readLater = (into: Buffer, position: number) =>
    new Promise<number | undefined>((resolve) => {
      calls.readLater(descriptor.borrow(), into, position, (bytes) => {
        descriptor.giveBack()
        resolve(bytes)
      })
    })
  return {
    path,
    size: attempt("look at", path, () => fs.fstatSync(descriptor.fd).size),
    isCurrent: attempt("look at", path, () => descriptor.isNamed(path)),
    read: (position, length) => readInto(Buffer.allocUnsafe(length), position),
    readInto,
    readLater,
    append: (bytes) => writeWhole(bytes, null),
    overwrite: (position, bytes) => writeWhole(bytes, position),
    // Uninterruptible: the answer of the system must be heard.
    sync: attempt("sync", path, () => descriptor.borrow()).pipe(
      Effect.flatMap((fd) =>
        Effect.callback<void, LedgerError>((resume) =>
          calls.sync(fd, (cause) => {
            descriptor.giveBack()
            resume(cause === null ? Effect.void : Effect.fail(failure("sync", path)(cause)))
          })
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
