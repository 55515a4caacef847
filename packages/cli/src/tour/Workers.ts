/** The tour's worker processes: started together, ended with the scope, each by its own pid. */
import { Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { exitCodes } from "../ExitCode.ts"
import { ownProgram } from "../OwnProgram.ts"
import { Stop } from "../Stop.ts"
import type { Stage } from "./Stage.ts"
import type { Message, Task } from "./Task.ts"

export interface Worker {
  readonly name: string
  readonly pid: number
  readonly tell: (message: Message) => Effect.Effect<void>
  /** SIGKILL: no time for a last word. */
  readonly kill: Effect.Effect<void>
  /** Asks it to finish, and waits until it has. */
  readonly stop: Effect.Effect<void>
}

/** Starts a worker and waits until it has opened the pool. */
export const start = Effect.fnUntraced(function* (
  name: string,
  stage: Stage,
  origin: string
): Effect.fn.Return<Worker, Stop, Scope.Scope> {
  const task: Task = { name, home: stage.home, vault: stage.vault, origin }
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => launch(task, stage.folder)),
    (child) => killed(child)
  )
  yield* ready(name, child)
  return {
    name,
    pid: child.pid ?? 0,
    tell: (message) => tell(child, message),
    kill: killed(child),
    stop: Effect.andThen(tell(child, "stop"), ended(child))
  }
})

/** Its home is inside the stage, so that it cannot find the user's files. */
const launch = (task: Task, folder: string): ChildProcess =>
  spawn(process.execPath, [ownProgram("tour-worker"), JSON.stringify(task)], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, DAYBOOK_HOME: task.home },
    stdio: ["ignore", 2, 2, "ipc"]
  })

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

const tell = (child: ChildProcess, message: Message): Effect.Effect<void> =>
  Effect.sync(() => {
    if (child.connected) child.send(message)
  })

const ended = (child: ChildProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (hasEnded(child)) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
  })

const killed = (child: ChildProcess): Effect.Effect<void> =>
  Effect.andThen(
    Effect.sync(() => child.kill("SIGKILL")),
    ended(child)
  )

const ready = (name: string, child: ChildProcess): Effect.Effect<void, Stop> =>
  Effect.callback((resume) => {
    child.once("message", () => resume(Effect.void))
    child.once("error", (error) => resume(Effect.fail(notStarted(name, error.message))))
    child.once("exit", (code) => resume(Effect.fail(notStarted(name, `it ended with ${code}`))))
  })

const notStarted = (name: string, why: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `${name} of the tour did not start: ${why}. Look above for its reason.`
  })
