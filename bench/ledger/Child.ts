/**
 * Processes of our own that measure something and say what they found, so that none inherits another's heap or caches.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** Starts a script of this folder. */
export const start = (script: string, ...args: ReadonlyArray<string>): ChildProcess =>
  fork(fileURLToPath(new URL(script, import.meta.url)), args)

/** What it says next. */
export const answerOf = async <Answer>(child: ChildProcess): Promise<Answer> => {
  const [answer] = await Promise.race([once(child, "message"), once(child, "exit").then(failed)])
  return answer as Answer
}

const failed = ([code, signal]: ReadonlyArray<unknown>): never => {
  throw new Error(`A process of the benchmark ended early (${String(code ?? signal)}); what it said stands above.`)
}

/** The only answer of a script. */
export const ask = async <Answer>(script: string, ...args: ReadonlyArray<string>): Promise<Answer> => {
  const child = start(script, ...args)
  const answer = await answerOf<Answer>(child)
  await ended(child)
  return answer
}

export const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
}

/** Says it to the process that started this one, and lets go of it. */
export const answer = (found: object): void => {
  process.send?.(found)
  process.disconnect()
}
