import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import OpenAI from "openai"
import type { Pool, Step } from "daybook"
import { inWorld } from "./support/inWorld.ts"
import type { World } from "./support/World.ts"

const run = Effect.runPromise

const withPool = (test: (world: World, pool: Pool) => Promise<void>) =>
  inWorld(async (world) => {
    await using pool = await world.open()
    await test(world, pool)
  })

describe("pool.fetch", () => {
  it.live("gives a client library a credential in place of its placeholder", () =>
    withPool(async (world, pool) => {
      const client = new OpenAI({
        apiKey: "placeholder",
        baseURL: `${world.sandbox.origin}/v1`,
        fetch: pool.fetch("openai-codex"),
        maxRetries: 0
      })
      const answer = await client.responses.create({ model: "gpt-5", input: "hello" })
      assert.strictEqual(answer.output_text, "Hello from the sandbox.")
      const [call] = await run(world.sandbox.apiCalls)
      assert.strictEqual(call?.token, world.login.access_token)
    })
  )

  it.live("refreshes a login whose access token the API does not take any more, and asks again", () =>
    withPool(async (world, pool) => {
      await run(world.sandbox.expireAccess({ grant: world.grant }))
      const steps: Array<Step> = []
      const fetch = pool.fetch("openai-codex", { onStep: (step) => steps.push(step) })
      const response = await fetch(`${world.sandbox.origin}/v1/models`)
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual(
        steps.map(({ credential, next, sent }) => ({ credential, next, sent })),
        [{ credential: "main", next: "renew", sent: 1 }]
      )
    })
  )
})
