/**
 * A program that does one thing very often, and tells how much memory it holds after some of the times. It needs
 * `--expose-gc`.
 */
import { openAiCodex, openPool, type Pool, providerAt } from "daybook"
import { setImmediate } from "node:timers/promises"
import type { Deed, Held, MemorySettings } from "./Memory.ts"

const { deed, marks, origin, ...options } = JSON.parse(process.argv[2] ?? "{}") as MemorySettings

const deeds: { readonly [Name in Deed]: (pool: Pool) => () => Promise<unknown> } = {
  getToken: (pool) => () => pool.getToken("openai-codex"),
  fetch: (pool) => {
    const fetch = pool.fetch("openai-codex")
    return async () => (await fetch(`${origin}/v1/models`)).text()
  }
}

/** Without what is only garbage: the least of several samples. */
const held = async (): Promise<Held> => {
  const samples: Array<NodeJS.MemoryUsage> = []
  while (samples.length < 5) {
    globalThis.gc?.()
    await setImmediate()
    samples.push(process.memoryUsage())
  }
  return {
    resident: Math.min(...samples.map(({ rss }) => rss)),
    heap: Math.min(...samples.map(({ heapUsed }) => heapUsed))
  }
}

await using pool = await openPool({ ...options, providers: [providerAt(openAiCodex, origin)] })
const once = deeds[deed](pool)
const answer: Array<Held> = []
let done = 0
for (const mark of marks) {
  for (; done < mark; done += 1) await once()
  answer.push(await held())
}
process.stdout.write(JSON.stringify(answer))
