/**
 * One of the tour's four processes: asks the pool for a token, calls the model API with it, tells the pool what came
 * back, and begins again. It knows nothing of the others.
 */
import { Schema } from "effect"
import { NoneAvailable, openPool, type Pool, RefreshError } from "daybook"
import { setTimeout } from "node:timers/promises"
import { sandboxProviders } from "../WritePool.ts"
import { type Message, Task } from "./Task.ts"

const pause = 120

const task = Schema.decodeUnknownSync(Schema.fromJsonString(Task))(process.argv[2])

const providers = sandboxProviders(task.origin).map((provider) => ({
  ...provider,
  headers: { ...provider.headers, "x-sandbox-client": task.name }
}))

const told = (message: Message) =>
  new Promise<void>((resolve) => {
    process.on("message", (received) => {
      if (received === message) resolve()
    })
  })

/** Answers the token if the API refused it. */
const callOnce = async (pool: Pool, provider: string, failedToken?: string): Promise<string | undefined> => {
  const { token } = await pool.getToken(provider, failedToken === undefined ? {} : { failedToken })
  const response = await fetch(`${task.origin}/v1/responses`, {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-sandbox-client": task.name
    },
    body: JSON.stringify({ model: "sandbox-1", input: "hello" })
  })
  const { headers, status } = response
  await pool.report(provider, token, { status, headers: Object.fromEntries(headers), body: await response.text() })
  return status === 401 ? token : undefined
}

const isPassing = (error: unknown): boolean => error instanceof RefreshError || error instanceof NoneAvailable

const work = async (pool: Pool, isStopped: () => boolean): Promise<void> => {
  let refused: string | undefined
  for (let round = 0; !isStopped(); round++) {
    try {
      if (round % 8 === 0) await callOnce(pool, "openai")
      refused = await callOnce(pool, "openai-codex", refused)
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    await setTimeout(pause)
  }
}

const main = async (): Promise<void> => {
  let stopped = false
  process.once("disconnect", () => process.exit()) // the tour is gone
  void told("stop").then(() => (stopped = true))
  const go = told("go")
  await using pool = await openPool({
    home: task.home,
    vault: task.vault,
    program: task.name,
    providers,
    policy: { timeLimit: 2500, confirmAfter: [0, 200, 600] },
    onEvent: () => {} // the tour tells itself what there is to notice
  })
  process.send?.("ready" satisfies Message)
  await go
  await work(pool, () => stopped)
}

await main()
process.disconnect()
