/**
 * What `pool.fetch` costs over a bare `fetch` with the same header, on loopback, where nothing else takes time. Both
 * take turns in one process; the server runs in another.
 *
 *   npm run bench -- fetch
 */
import { openAiCodex, providerAt } from "daybook"
import { fork } from "node:child_process"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { withLogin } from "./Login.ts"
import { effort, median, rate, short, table, whole } from "./Measure.ts"

const server = fork(new URL("fetch/server.ts", import.meta.url))
const [{ port }] = (await once(server, "message")) as [AddressInfo]
const origin = `http://127.0.0.1:${port}`

const { close, pool, token } = await withLogin({ providers: [providerAt(openAiCodex, origin)] })
const ours = pool.fetch("openai-codex")
const headers = { "content-type": "application/json" }
const bearing = { ...headers, authorization: `Bearer ${token}` }
const body = JSON.stringify({ model: "bench", input: "x".repeat(1_000) })

const shapes = { json: `${origin}/v1/responses`, stream: `${origin}/v1/stream` }
const turns = 7
const millis = 500

const rows = []
for (const [shape, url] of Object.entries(shapes)) {
  const bare = async () => (await fetch(url, { method: "POST", headers: bearing, body })).text()
  const pooled = async () => (await ours(url, { method: "POST", headers, body })).text()
  const seen: Record<"rates" | "efforts", Record<"bare" | "pooled", Array<number>>> = {
    rates: { bare: [], pooled: [] },
    efforts: { bare: [], pooled: [] }
  }
  for (let turn = 0; turn < turns; turn += 1) {
    seen.rates.bare.push(await rate(millis, bare))
    seen.rates.pooled.push(await rate(millis, pooled))
    seen.efforts.bare.push(await effort(millis, bare))
    seen.efforts.pooled.push(await effort(millis, pooled))
  }
  const { efforts, rates } = seen
  const [one, other] = [median(rates.bare), median(rates.pooled)]
  const [spent, more] = [median(efforts.bare), median(efforts.pooled)]
  rows.push([shape, whole(one), whole(other), short(other / one), whole(spent), whole(more), short(more / spent)])
}
await close()
server.disconnect()

console.log(table([["", "fetch per s", "pool.fetch per s", "ratio", "CPU us each", "of pool.fetch", "ratio"], ...rows]))
