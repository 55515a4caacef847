/**
 * A worker process as a value: ask it for a token, kill it, wait for its end.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { WorkerAnswer, WorkerSettings } from "./workerProgram.ts"

const program = fileURLToPath(new URL("workerProgram.ts", import.meta.url))

export interface Worker {
  readonly name: string
  /** Of the login that came with the world. */
  readonly getToken: (failedToken?: string) => Promise<WorkerAnswer>
  readonly kill: () => Promise<void>
  /** Lets it close its pool. */
  readonly stop: () => Promise<void>
  /** Its standard error and the errors it answered with, for the search for secrets. */
  readonly said: () => string
}

export const start = async (settings: WorkerSettings, environment: Record<string, string>): Promise<Worker> => {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["pipe", "pipe", "pipe"]
  })
  const waiting = new Map<number, (answer: WorkerAnswer) => void>()
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text))
  const lines = createInterface({ input: child.stdout })
  const ready = Promise.race([
    once(lines, "line"),
    once(child, "exit").then(() => Promise.reject(new Error(`worker ${settings.name} did not start: ${errors}`)))
  ])
  await ready
  lines.on("line", (line) => {
    const answer = JSON.parse(line) as WorkerAnswer
    if ("error" in answer) errors += `${answer.error}\n`
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  return handle(child, settings.name, waiting, () => errors)
}

const handle = (
  child: ChildProcess,
  name: string,
  waiting: Map<number, (answer: WorkerAnswer) => void>,
  said: () => string
): Worker => {
  const exited = once(child, "exit")
  let asked = 0
  return {
    name,
    said,
    getToken: (failedToken) =>
      new Promise((resolve) => {
        const id = (asked += 1)
        waiting.set(id, resolve)
        child.stdin?.write(`${JSON.stringify({ id, failedToken, credential: "main" })}\n`)
      }),
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
