/**
 * A program with a pool of its own, told what to do by lines of JSON on its standard input. It answers each
 * with a line of JSON, and is there to be killed.
 */
import { createInterface } from "node:readline"
import { openAiCodex, openPool, providerAt, type PoolOptions } from "daybook"

export interface WorkerSettings extends Pick<PoolOptions, "home" | "policy"> {
  readonly vault: string
  readonly origin: string
  readonly name: string
}

export interface WorkerCommand {
  readonly id: number
  readonly failedToken?: string
  /** Id of the one credential to use. */
  readonly credential?: string
}

export type WorkerAnswer =
  | { readonly id: number; readonly token: string }
  | { readonly id: number; readonly error: string; readonly reason: string; readonly retryAt?: number }

const settings = JSON.parse(process.argv[2] ?? "{}") as WorkerSettings

const provider = {
  ...providerAt(openAiCodex, settings.origin),
  headers: { "x-sandbox-client": settings.name }
}

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)

const describe = (id: number, error: unknown): WorkerAnswer => {
  const { message, reason } = error as { message: string; reason?: { reason?: string; retryAt?: number } }
  return {
    id,
    error: message,
    reason: reason?.reason ?? "NoneAvailable",
    ...(reason?.retryAt === undefined ? {} : { retryAt: reason.retryAt })
  }
}

const pool = await openPool({ ...settings, providers: [provider] })
say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, ...request } = JSON.parse(line) as WorkerCommand
  pool.getToken("openai-codex", request).then(
    ({ token }) => say({ id, token }),
    (error: unknown) => say(describe(id, error))
  )
}
await pool.close()
