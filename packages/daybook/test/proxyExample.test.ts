/** The proxy of the examples, between workers and a server: whose credentials go where, and what ends when. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import OpenAI from "openai"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { type IncomingMessage, request as plainRequest } from "node:http"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { environmentOf } from "./support/Environment.ts"
import { inWorld } from "./support/inWorld.ts"
import { make as ownServer } from "./support/OwnServer.ts"
import type { World } from "./support/World.ts"

const slow = 60_000
const program = fileURLToPath(new URL("../../../examples/proxy.ts", import.meta.url))

/** Where workers find the proxy of a pool whose provider is at `origin`. */
const withProxy = async (world: World, origin: string, test: (address: string) => Promise<void>): Promise<void> => {
  await (await world.open()).close()
  const child = spawn(process.execPath, [program, "0", origin], {
    env: environmentOf(world),
    stdio: ["ignore", "pipe", "inherit"]
  })
  try {
    const [address] = (await once(createInterface({ input: child.stdout }), "line")) as [string]
    await test(address)
  } finally {
    assert.strictEqual(await ended(child), 0)
  }
}

const ended = async (child: ChildProcess): Promise<number | null> => {
  const exit = once(child, "exit")
  child.kill("SIGTERM")
  const [code] = (await exit) as [number | null]
  return code
}

/** The provider has had enough of the login and of the key, for ten minutes. */
const bench = async (world: World): Promise<void> => {
  await using pool = await world.open()
  for (const token of [world.login.access_token, "sk-manual-key"]) {
    await pool.report("openai-codex", token, { status: 429, headers: { "retry-after": "600" }, body: "" })
  }
}

const nextOf = async (response: IncomingMessage): Promise<string> => String((await once(response, "data"))[0])

/** By a request that may say anything in its headers. */
const statusOf = async (address: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
  const request = plainRequest(`${address}/v1/models`, { headers })
  request.end()
  const [response] = (await once(request, "response")) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

const run = Effect.runPromise

describe("the proxy of the examples", () => {
  it.live(
    "serves workers without credentials from one login, also when its access token has just been refused",
    () =>
      inWorld((world) =>
        withProxy(world, world.sandbox.origin, async (address) => {
          await run(world.sandbox.expireAccess({ grant: world.grant }))
          const worker = new OpenAI({ apiKey: "unused", baseURL: `${address}/v1`, maxRetries: 0 })
          const ask = async () => {
            const events = await worker.responses.create({ model: "gpt-5", input: "hello", stream: true })
            let text = ""
            for await (const event of events) if (event.type === "response.output_text.delta") text += event.delta
            return text
          }
          const answers = await Promise.all(Array.from({ length: 8 }, ask))
          assert.deepStrictEqual([...new Set(answers)], ["Hello from the sandbox."])
          assert.lengthOf(await run(world.sandbox.journal), 1)
          const sent = (await run(world.sandbox.apiCalls)).map(({ token }) => token)
          assert.notInclude(sent, "unused")
        })
      ),
    slow
  )

  it.live(
    "hands on each piece of both bodies as it comes, and ends the request upstream when a worker goes away",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          let closed: Promise<unknown> = Promise.resolve()
          const server = yield* ownServer((response, request) => {
            closed = once(response, "close")
            response.writeHead(200, { "content-type": "text/plain" })
            request.on("data", (piece: Buffer) => response.write(`got ${piece.toString()}`))
          })
          yield* inWorld((world) =>
            withProxy(world, server.origin, async (address) => {
              const request = plainRequest(`${address}/v1/echo`, { method: "POST" })
              const answered = once(request, "response") as Promise<[IncomingMessage]>
              request.write("one")
              const [response] = await answered
              assert.strictEqual(await nextOf(response), "got one")
              request.write("two")
              assert.strictEqual(await nextOf(response), "got two")
              request.destroy()
              await closed
              assert.match(server.requests[0]?.authorization ?? "", /^Bearer eyJ/)
            })
          )
        })
      ),
    slow
  )

  it.live(
    "ends a request upstream that is not answered yet when its worker goes away",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const arrived = Promise.withResolvers<{ readonly closed: Promise<unknown> }>()
          const server = yield* ownServer((response) => arrived.resolve({ closed: once(response, "close") }))
          yield* inWorld((world) =>
            withProxy(world, server.origin, async (address) => {
              const gone = new AbortController()
              const asked = fetch(`${address}/v1/models`, { signal: gone.signal }).catch(() => "gone")
              const { closed } = await arrived.promise
              gone.abort()
              assert.strictEqual(await asked, "gone")
              await closed
            })
          )
        })
      ),
    slow
  )

  it.live(
    "answers no web page, and says what kept a request from its way",
    () =>
      inWorld(async (world) => {
        await bench(world)
        await withProxy(world, world.sandbox.origin, async (address) => {
          for (const [name, value] of [
            ["origin", "https://page.example"],
            ["sec-fetch-site", "cross-site"],
            ["host", "page.example:8080"]
          ] as const) {
            assert.deepStrictEqual([name, await statusOf(address, { [name]: value })], [name, 403])
          }
          const refused = await fetch(`${address}/v1/models`)
          const { error } = (await refused.json()) as { error: { type: string; message: string } }
          assert.deepStrictEqual([refused.status, error.type], [503, "NoneAvailable"])
          assert.include(error.message, "try again at")
          assert.isAbove(Number(refused.headers.get("retry-after")), 500)
          assert.lengthOf(await run(world.sandbox.apiCalls), 0)
        })
      }),
    slow
  )
})
