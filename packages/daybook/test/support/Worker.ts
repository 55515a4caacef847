/**
 * A worker process as a value: ask it for a token, kill it, wait for its end.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Stopped, WorkerAnswer, WorkerCommand, WorkerSettings } from "./Commands.ts"

/** `stopping` can stop at a named step of a refresh. */
export type Program = "worker" | "stopping"

const pathOf = (program: Program): string => fileURLToPath(new URL(`${program}Program.ts`, import.meta.url))

export interface Worker {
  readonly name: string
  /** Of the login that came with the world. */
  readonly getToken: (failedToken?: string) => Promise<WorkerAnswer>
  /** The same, but it stops at a step on its way, and says so; then it can only be killed. */
  readonly stopAt: (step: string, failedToken: string) => Promise<WorkerAnswer | Stopped>
  readonly kill: () => Promise<void>
  /** Lets it close its pool. */
  readonly stop: () => Promise<void>
  /** Its standard error and the errors it answered with, for the search for secrets. */
  readonly said: () => string
}

/** Who waits for which answer. */
type Waiting = Map<number, (answer: WorkerAnswer | Stopped) => void>

export const start = async (
  program: Program,
  settings: WorkerSettings,
  environment: Record<string, string>
): Promise<Worker> => {
  const child = spawn(process.execPath, [pathOf(program), JSON.stringify(settings)], {
    env: environment,
    stdio: ["pipe", "pipe", "pipe"]
  })
  const waiting: Waiting = new Map()
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text))
  const lines = createInterface({ input: child.stdout })
  const ready = Promise.race([
    once(lines, "line"),
    once(child, "exit").then(() => Promise.reject(new Error(`worker ${settings.name} did not start: ${errors}`)))
  ])
  await ready
  lines.on("line", (line) => {
    const answer = JSON.parse(line) as WorkerAnswer | Stopped
    if ("error" in answer) errors += `${answer.error}\n`
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  return handle(child, settings.name, waiting, () => errors)
}

const handle = (child: ChildProcess, name: string, waiting: Waiting, said: () => string): Worker => {
  const exited = once(child, "exit")
  let asked = 0
  const ask = <A extends WorkerAnswer | Stopped>(command: Omit<WorkerCommand, "id" | "credential">): Promise<A> =>
    new Promise((resolve) => {
      const id = (asked += 1)
      waiting.set(id, (answer) => resolve(answer as A))
      child.stdin?.write(`${JSON.stringify({ id, credential: "main", ...command })}\n`)
    })
  return {
    name,
    said,
    getToken: (failedToken) => ask(failedToken === undefined ? {} : { failedToken }),
    stopAt: (stopAt, failedToken) => ask({ stopAt, failedToken }),
    kill: async () => {
      child.kill("SIGKILL")
      await exited
    },
    stop: async () => {
      child.stdin?.end()
      await exited
    }
  }
}
