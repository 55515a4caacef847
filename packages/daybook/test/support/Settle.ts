/**
 * Asking a worker for as long as its answers say that it is worth asking.
 */
import { setTimeout as sleep } from "node:timers/promises"
import type { WorkerAnswer } from "./Commands.ts"
import type { Worker } from "./Worker.ts"

/** A person's business: only a new login helps. */
export const isTerminal = (answer: WorkerAnswer): boolean => "reason" in answer && terminal.has(answer.reason)

const terminal = new Set(["Reused", "Expired", "Revoked", "AccountClosed", "MissingRefreshToken", "ResponseLost"])

/** Asks until the answer is a token or terminal; waits as long as the answer says. */
export const settle = async (worker: Worker, token: string): Promise<WorkerAnswer> => {
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await worker.getToken(token)
    if (!("reason" in answer) || isTerminal(answer)) return answer
    await untilWorthAsking(answer)
  }
  throw new Error(`${worker.name} came to no end`)
}

export const untilWorthAsking = (answer: WorkerAnswer): Promise<void> =>
  sleep(Math.max(20, ("retryAt" in answer ? answer.retryAt : 0) - Date.now()))

/** After a new login: as soon as the worker has seen it. */
export const firstToken = async (worker: Worker, expected: string): Promise<string> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await worker.getToken()
    if ("token" in answer && answer.token === expected) return answer.token
    await sleep(50)
  }
  throw new Error(`${worker.name} does not see the new login`)
}
