/**
 * A program that asks its pool for a token again and again, and says at which moment it was given another one.
 */
import { openPool } from "daybook"
import { setTimeout as sleep } from "node:timers/promises"

export interface Flip {
  /** The first letters of its signature. */
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

const [home = "", vault = ""] = process.argv.slice(2)
const pool = await openPool({ home, vault })
const enough = new AbortController()
process.on("message", () => enough.abort())
let last = ""
while (!enough.signal.aborted) {
  const { token } = await pool.getToken("openai-codex")
  const name = token.split(".").at(-1) ?? ""
  if (name !== last) process.send?.({ token: name, at: performance.timeOrigin + performance.now() } satisfies Flip)
  last = name
  await sleep(1)
}
await pool.close()
process.disconnect()
