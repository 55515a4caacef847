/** Races between processes. */
import { Effect, type Scope } from "effect"
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import type { Operation } from "./History.ts"
import type { Start } from "./Race.ts"

export type RunRace = (start: Start) => Effect.Effect<ReadonlyArray<Operation>>

/** A process with so many racers on the ledger in a folder. Lives as long as the scope. */
export const startRacers = Effect.fnUntraced(function* (
  folder: string,
  racers: number
): Effect.fn.Return<RunRace, never, Scope.Scope> {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [fileURLToPath(new URL("racer.ts", import.meta.url)), folder, `${racers}`], {
        stdio: ["pipe", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  return conversation(child)
})

const conversation = (child: ChildProcessByStdio<Writable, Readable, null>): RunRace => {
  const ended = once(child, "exit").then(([code]) =>
    Promise.reject(new Error(`racers ended by themselves, with ${code}`))
  )
  const waiting = new Map<string, (operations: ReadonlyArray<Operation>) => void>()
  createInterface(child.stdout).on("line", (line) => {
    const { operations, start } = JSON.parse(line) as { start: Start; operations: ReadonlyArray<Operation> }
    waiting.get(start.grant)?.(operations)
  })
  return (start) => {
    const answer = new Promise<ReadonlyArray<Operation>>((resolve) => waiting.set(start.grant, resolve))
    child.stdin.write(`${JSON.stringify(start)}\n`)
    return Effect.promise(() => Promise.race([answer, ended]))
  }
}
