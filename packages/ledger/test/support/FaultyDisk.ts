/** The system calls under a ledger, made to fail as often as a test asks for, and counted. */
import { Effect, Layer } from "effect"
import { SystemCalls } from "../../src/internal/LedgerFile.ts"

export interface FaultyDisk {
  /** Each of the next calls takes one of these instead of the real one; an `undefined` lets it through. */
  readonly next: {
    readonly sync: Array<(() => NodeJS.ErrnoException) | undefined>
    readonly write: Array<((real: (bytes: Buffer) => number, bytes: Buffer) => number) | undefined>
    readonly read: Array<((into: Buffer) => number) | undefined>
  }
  /** Where bytes were written again in place. */
  readonly overwritten: Array<{ readonly at: number; readonly length: number }>
  readonly on: <A, E, R>(layer: Layer.Layer<A, E, R>) => Layer.Layer<A, E, R>
}

export const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

export const make: Effect.Effect<FaultyDisk> = Effect.map(SystemCalls, (real) => {
  const next: FaultyDisk["next"] = { sync: [], write: [], read: [] }
  const overwritten: Array<{ readonly at: number; readonly length: number }> = []
  const calls: SystemCalls = {
    ...real,
    sync: (fd, done) => {
      const fault = next.sync.shift()
      if (fault === undefined) real.sync(fd, done)
      else setImmediate(() => done(fault()))
    },
    write: (fd, bytes, position) => {
      if (position !== null) overwritten.push({ at: position, length: bytes.length })
      const through = (some: Buffer) => real.write(fd, some, position)
      return (next.write.shift() ?? ((write, all) => write(all)))(through, bytes)
    },
    read: (fd, into, position) => next.read.shift()?.(into) ?? real.read(fd, into, position)
  }
  return { next, overwritten, on: Layer.provide(Layer.succeed(SystemCalls, calls)) }
})
