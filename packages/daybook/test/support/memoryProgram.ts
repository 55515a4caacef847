/**
 * A program that does one thing very often, and tells how much memory it holds after some of the times. It needs
 * `--expose-gc`.
 */
import { openAiCodex, openPool, type Pool, providerAt } from "daybook"
import { setImmediate } from "node:timers/promises"
import type { Deed, MemorySettings } from "./Memory.ts"

const { deed, marks, origin, ...options } = JSON.parse(process.argv[2] ?? "{}") as MemorySettings

const deeds: { readonly [Name in Deed]: (pool: Pool) => () => Promise<unknown> } = {
  getToken: (pool) => () => pool.getToken("openai-codex"),
  fetch: (pool) => {
    const fetch = pool.fetch("openai-codex")
    return async () => (await fetch(`${origin}/v1/models`)).text()
  }
}

/** Resident bytes without what is only garbage: the least of several samples. */
const resident = async (): Promise<number> => {
  const samples: Array<number> = []
  while (samples.length < 5) {
    globalThis.gc?.()
    await setImmediate()
    samples.push(process.memoryUsage.rss())
  }
  return Math.min(...samples)
}

await using pool = await openPool({ ...options, providers: [providerAt(openAiCodex, origin)] })
const once = deeds[deed](pool)
const held: Array<number> = []
let done = 0
for (const mark of marks) {
  for (; done < mark; done += 1) await once()
  held.push(await resident())
}
process.stdout.write(JSON.stringify(held))
