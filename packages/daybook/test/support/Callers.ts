/**
 * Processes full of callers: they are started, ask when they are told to, and say what each of them was served.
 */
import type { PoolOptions } from "daybook"
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { environmentOf } from "./Environment.ts"
import { patient, type World } from "./World.ts"

export interface CallersSettings extends Pick<PoolOptions, "home" | "vault" | "policy"> {
  readonly origin: string
  readonly callers: number
}

/** What one caller was served, and when (epoch milliseconds). */
export interface Served {
  readonly token: string
  readonly at: number
}

export interface Answers {
  readonly served: ReadonlyArray<Served>
  /** Errors of those who were not. */
  readonly refused: ReadonlyArray<string>
}

export type CallersLine = { readonly ready: true } | { readonly asked: true } | Answers

export interface Callers {
  /** Lets all of them ask; ends when they have. */
  readonly ask: Effect.Effect<void>
  /** What became of them, when the last one has its answer. */
  readonly answers: Effect.Effect<Answers>
}

/** Ends with the scope. Its pool is open when this is done. */
export const start = Effect.fnUntraced(function* (
  world: World,
  callers: number
): Effect.fn.Return<Callers, never, Scope.Scope> {
  const { home, vault } = world
  const settings: CallersSettings = { home, vault, policy: patient, origin: world.sandbox.origin, callers }
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [program, JSON.stringify(settings)], {
        env: environmentOf(world),
        stdio: ["pipe", "pipe", "inherit"]
      })
    ),
    (child) =>
      Effect.promise(async () => {
        child.stdin.end()
        if (child.exitCode === null) await once(child, "exit")
      })
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = Effect.promise(async () => {
    const { done, value } = await lines.next()
    if (done) throw new Error("a program with callers ended before its time")
    return JSON.parse(value) as CallersLine
  })
  yield* next
  return {
    ask: Effect.andThen(
      Effect.sync(() => child.stdin.write("ask\n")),
      Effect.asVoid(next)
    ),
    answers: Effect.map(next, (line) => line as Answers)
  }
})

const program = fileURLToPath(new URL("callersProgram.ts", import.meta.url))
