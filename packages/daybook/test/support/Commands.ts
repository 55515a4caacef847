/**
 * How a worker program is spoken with: a line of JSON on its standard input for each thing to do, a line of JSON on its
 * standard output for each answer.
 */
import { flushCompileCache } from "node:module"
import { createInterface } from "node:readline"
import type { PoolOptions } from "daybook"

export interface WorkerSettings extends Pick<PoolOptions, "home" | "vault" | "policy"> {
  readonly origin: string
  readonly name: string
}

export interface WorkerCommand {
  readonly id: number
  readonly failedToken?: string
  /** Id or label of the one credential to use. */
  readonly credential?: string
  /** The step of a refresh to stop at; only some programs can. */
  readonly stopAt?: string
}

export type WorkerAnswer =
  | { readonly id: number; readonly token: string }
  | { readonly id: number; readonly error: string; readonly reason: string; readonly retryAt?: number }

/** It stands at the step that was named, and goes no further. */
export interface Stopped {
  readonly id: number
  readonly stoppedAt: string
}

export const settings = JSON.parse(process.argv[2] ?? "{}") as WorkerSettings

export const say = (line: WorkerAnswer | Stopped | { readonly ready: true }) =>
  process.stdout.write(`${JSON.stringify(line)}\n`)

/** Says that it is ready, and answers commands until its standard input ends. */
export const serve = async (getToken: (command: WorkerCommand) => Promise<string>): Promise<void> => {
  flushCompileCache() // a killed program leaves none
  say({ ready: true })
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as WorkerCommand
    getToken(command).then(
      (token) => say({ id: command.id, token }),
      (error: unknown) => say(describe(command.id, error))
    )
  }
}

const describe = (id: number, error: unknown): WorkerAnswer => {
  const { message, reason } = error as { message: string; reason?: { reason?: string; retryAt?: number } }
  return {
    id,
    error: message,
    reason: reason?.reason ?? "NoneAvailable",
    ...(reason?.retryAt === undefined ? {} : { retryAt: reason.retryAt })
  }
}
