/** Another real process that a test talks with, line by line. It is killed at the end of the test's scope. */
import { Effect, type Scope } from "effect"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { LockKind } from "./Locks.ts"

export interface Companion {
  readonly pid: number
  /** The next line it prints. */
  readonly line: Effect.Effect<string>
  readonly tell: (line: string) => void
  /** SIGKILL; ends when the process is gone. */
  readonly kill: Effect.Effect<void>
}

const start = (
  command: string,
  args: ReadonlyArray<string>,
  env: Record<string, string> = {}
): Effect.Effect<Companion, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => companion(spawn(command, args, { env: { ...process.env, ...env } }))),
    ({ kill }) => kill
  )

const companion = (child: ChildProcessWithoutNullStreams): Companion => {
  const exited = once(child, "exit")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.stderr.pipe(process.stderr)
  return {
    pid: child.pid ?? -1,
    line: Effect.promise(async () => {
      const { done, value } = await lines.next()
      if (done) throw new Error(`process ${child.spawnfile} ended without a further line`)
      return value
    }),
    tell: (line) => child.stdin.write(`${line}\n`),
    kill: Effect.promise(async () => {
      child.kill("SIGKILL")
      await exited
    })
  }
}

const program = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

/**
 * A second Node that takes the lock or reservation, prints `held`, and prints `released` after it was told anything.
 */
export const nodeHolding = (kind: LockKind | "flock" | "reserve", path: string, env?: Record<string, string>) =>
  start(process.execPath, [program("holder"), kind, path], env)

/** What a second Node says that tries for the lock just now: `held`, or why not. */
export const nodeTry = (kind: LockKind, path: string, ...nodeOptions: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.scoped(
    Effect.flatMap(start(process.execPath, [...nodeOptions, program("holder"), kind, path, "0"]), ({ line }) => line)
  )

/** A second Node that counts under the lock and prints `done`. */
export const nodeCounting = (kind: LockKind, path: string, file: string, times: number) =>
  start(process.execPath, [program("counter"), kind, path, file, String(times)])

/** A second Node that counts so many, prints `counted`, and stays there. */
export const nodeTallied = (path: string, count: number) =>
  start(process.execPath, [program("tallied"), path, String(count)])

/** A second Node that locks, forgets that it did, and prints `collected` when the garbage collector was there. */
export const nodeForgetting = (kind: LockKind, path: string) =>
  start(process.execPath, ["--expose-gc", program("forgetter"), kind, path])

export const pythonHolding = (path: string) => start("python3", ["-u", "-c", pythonHolder, path])

/** What Python's non-blocking `fcntl.flock` says just now: `locked` or the name of its exception. */
export const pythonTry = (path: string): Effect.Effect<string> =>
  Effect.scoped(Effect.flatMap(start("python3", ["-u", "-c", pythonAttempt, path]), ({ line }) => line))

const pythonHolder = `
import fcntl, sys
file = open(sys.argv[1], "a+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held")
sys.stdin.readline()
fcntl.flock(file, fcntl.LOCK_UN)
print("released")
sys.stdin.readline()
`

const pythonAttempt = `
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1], "a+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("locked")
except OSError as error:
    print(type(error).__name__)
`
