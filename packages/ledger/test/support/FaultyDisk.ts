/** The system calls under a ledger, made to fail as often as a test asks for, and counted. */
import { Effect, Layer } from "effect"
import { SystemCalls } from "../../src/internal/LedgerFile.ts"

export interface FaultyDisk {
  /** Each of the next calls takes one of these instead of the real one; an `undefined` lets it through. */
  readonly next: {
    readonly sync: Array<(() => NodeJS.ErrnoException | Promise<NodeJS.ErrnoException>) | undefined>
    readonly write: Array<((real: (bytes: Buffer) => number, bytes: Buffer) => number) | undefined>
    readonly read: Array<((into: Buffer) => number) | undefined>
  }
  /** Calls that fail from now on, until the disk is mended. */
  readonly refuse: (...refused: ReadonlyArray<Refused>) => void
  readonly mend: () => void
  /** Where bytes were written again in place. */
  readonly overwritten: Array<{ readonly at: number; readonly length: number }>
  readonly calls: SystemCalls
  readonly on: <A, E, R>(layer: Layer.Layer<A, E, R>) => Layer.Layer<A, E, R>
}

export interface Refused {
  readonly call: "open" | "write" | "sync" | "link" | "rename" | "syncFolder"
  readonly code: string
  /** Only about paths that end so. */
  readonly path?: string
  /** So many are let through first. */
  readonly after?: number
  /** So many are refused; without it, all. */
  readonly times?: number
}

export const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

export const make: Effect.Effect<FaultyDisk> = Effect.map(SystemCalls, (real) => {
  const next: FaultyDisk["next"] = { sync: [], write: [], read: [] }
  const overwritten: Array<{ readonly at: number; readonly length: number }> = []
  const refusals = new Refusals()
  const paths = new Map<number, string>()
  const calls: SystemCalls = {
    ...real,
    open: (path, flags) => {
      refusals.judge("open", path)
      const fd = real.open(path, flags)
      paths.set(fd, path)
      return fd
    },
    sync: (fd, done) => {
      const fault = next.sync.shift()
      if (fault !== undefined) void Promise.resolve().then(fault).then(done)
      else refusals.answer("sync", paths.get(fd), done, () => real.sync(fd, done))
    },
    write: (fd, bytes, position) => {
      refusals.judge("write", paths.get(fd))
      if (position !== null) overwritten.push({ at: position, length: bytes.length })
      const through = (some: Buffer) => real.write(fd, some, position)
      return (next.write.shift() ?? ((write, all) => write(all)))(through, bytes)
    },
    read: (fd, into, position) => next.read.shift()?.(into) ?? real.read(fd, into, position),
    readLater: (fd, into, position, done) => real.readLater(fd, into, position, done),
    link: (from, to) => {
      refusals.judge("link", to)
      real.link(from, to)
    },
    rename: (from, to) => {
      refusals.judge("rename", to)
      real.rename(from, to)
    },
    syncFolder: (path) => {
      refusals.judge("syncFolder", path)
      real.syncFolder(path)
    }
  }
  return {
    next,
    refuse: (...refused) => refusals.add(refused),
    mend: () => refusals.clear(),
    overwritten,
    calls,
    on: Layer.provide(Layer.succeed(SystemCalls, calls))
  }
})

class Refusals {
  #all: Array<Required<Refused>> = []

  add(refused: ReadonlyArray<Refused>): void {
    this.#all.push(...refused.map((one) => ({ path: "", after: 0, times: Infinity, ...one })))
  }

  clear(): void {
    this.#all = []
  }

  find(call: Refused["call"], path: string | undefined): string | undefined {
    const at = this.#all.findIndex((it) => it.call === call && it.times > 0 && (path ?? "").endsWith(it.path))
    const one = this.#all[at]
    if (one === undefined) return undefined
    this.#all[at] = one.after > 0 ? { ...one, after: one.after - 1 } : { ...one, times: one.times - 1 }
    return one.after > 0 ? undefined : one.code
  }

  judge(call: Refused["call"], path: string | undefined): void {
    const code = this.find(call, path)
    if (code !== undefined) throw failure(code)
  }

  answer(call: Refused["call"], path: string | undefined, done: (error: Error) => void, otherwise: () => void): void {
    const code = this.find(call, path)
    if (code === undefined) otherwise()
    else setImmediate(() => done(failure(code)))
  }
}
