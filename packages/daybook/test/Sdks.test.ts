/**
 * The client libraries that people use, as they are, on the pool: each asks once with an access token that the API does
 * not take any more, and none of them notices.
 */
import { createOpenAI } from "@ai-sdk/openai"
import Anthropic from "@anthropic-ai/sdk"
import { assert, describe, it } from "@effect/vitest"
import { generateText, streamText } from "ai"
import { Effect } from "effect"
import OpenAI from "openai"
import { failure, inStage, twoAtAnthropic, twoAtOpenAi } from "./support/inStage.ts"
import type { Stage } from "./support/Stage.ts"

const run = Effect.runPromise
const text = "Hello from the sandbox."
const question = [{ role: "user" as const, content: "hello" }]

/** Of the preferred login. */
const expire = (stage: Stage) => run(stage.sandbox.expireAccess({ grant: stage.logins.get("one")?.grant ?? "" }))

const statuses = async ({ sandbox }: Stage) => (await run(sandbox.apiCalls)).map(({ status }) => status)

const collected = async <A>(all: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const found: Array<A> = []
  for await (const one of all) found.push(one)
  return found
}

describe("openai", () => {
  const recovers = (what: string, ask: (client: OpenAI) => Promise<string>) =>
    it.live(what, () =>
      inStage(twoAtOpenAi, async (stage) => {
        await expire(stage)
        const client = new OpenAI({
          apiKey: "placeholder",
          baseURL: `${stage.sandbox.origin}/v1`,
          fetch: stage.pool.fetch("openai-codex"),
          maxRetries: 0
        })
        assert.strictEqual(await ask(client), text)
        assert.deepStrictEqual(await statuses(stage), [401, 200])
      })
    )

  recovers("asks for a chat completion", async (client) => {
    const { choices } = await client.chat.completions.create({ model: "m", messages: question })
    return choices[0]?.message.content ?? ""
  })

  recovers("asks for a response", async (client) => {
    const { output_text } = await client.responses.create({ model: "m", input: "hello" })
    return output_text
  })

  recovers("streams a chat completion", async (client) => {
    const stream = await client.chat.completions.create({ model: "m", messages: question, stream: true })
    return (await collected(stream)).map(({ choices }) => choices[0]?.delta.content ?? "").join("")
  })

  recovers("streams a response", async (client) => {
    const response = await client.responses.stream({ model: "m", input: "hello" }).finalResponse()
    return response.output_text
  })

  it.live("takes a function as its key", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const apiKey = stage.pool.apiKey("openai-codex")
      const client = new OpenAI({ apiKey, baseURL: `${stage.sandbox.origin}/v1`, maxRetries: 0 })
      const { output_text } = await client.responses.create({ model: "m", input: "hello" })
      assert.strictEqual(output_text, text)
      const [call] = await run(stage.sandbox.apiCalls)
      assert.strictEqual(call?.token, stage.logins.get("one")?.access_token)
    })
  )
})

describe("openai, when its caller or the network ends a call", () => {
  const clientOf = ({ pool, sandbox }: Stage) =>
    new OpenAI({
      apiKey: "placeholder",
      baseURL: `${sandbox.origin}/v1`,
      fetch: pool.fetch("openai-codex"),
      maxRetries: 0
    })

  it.live("says that it was aborted, while a refresh is waited for", () =>
    inStage(twoAtOpenAi, async (stage) => {
      await expire(stage)
      const hold = await run(stage.sandbox.hold("beforeReading"))
      const { signal, abort } = aborting()
      const pending = failure(stage, clientOf(stage).responses.create({ model: "m", input: "hello" }, { signal }))
      await run(hold.parked())
      abort()
      assert.instanceOf(await pending, OpenAI.APIUserAbortError)
      await run(hold.release)
    })
  )

  it.live("hands over what came of a stream before it was cut, and the pool has it on record", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const grant = stage.logins.get("one")?.grant ?? ""
      await run(stage.sandbox.apiFault({ fault: { _tag: "CutBody" }, grant }))
      const stream = await clientOf(stage).responses.create({ model: "m", input: "hello", stream: true })
      const types: Array<string> = []
      const reading = async () => {
        for await (const event of stream) types.push(event.type)
      }
      assert.instanceOf(await failure(stage, reading()), Error)
      assert.strictEqual(types[0], "response.created")
      assert.notInclude(types, "response.completed")
      for await (const event of stage.pool.events()) if (event.type === "ApiCallBroken") return
    })
  )
})

const aborting = () => {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

describe("@anthropic-ai/sdk", () => {
  const recovers = (what: string, ask: (client: Anthropic) => Promise<string>) =>
    it.live(what, () =>
      inStage(twoAtAnthropic, async (stage) => {
        await expire(stage)
        const client = new Anthropic({
          apiKey: "placeholder",
          baseURL: stage.sandbox.origin,
          fetch: stage.pool.fetch("anthropic"),
          maxRetries: 0
        })
        assert.strictEqual(await ask(client), text)
        assert.deepStrictEqual(await statuses(stage), [401, 200])
      })
    )

  const wish = { model: "m", max_tokens: 10, messages: question }
  const said = ({ content }: Anthropic.Message) =>
    content.map((block) => (block.type === "text" ? block.text : "")).join("")

  recovers("asks for a message", async (client) => said(await client.messages.create(wish)))

  recovers("streams a message", async (client) => said(await client.messages.stream(wish).finalMessage()))

  for (const form of ["apiKey", "authToken"] as const) {
    it.live(`sends no placeholder of the form ${form}, and keeps the caller's own beta features`, () =>
      inStage(twoAtAnthropic, async (stage) => {
        const client = new Anthropic({
          [form]: "placeholder",
          baseURL: stage.sandbox.origin,
          fetch: stage.pool.fetch("anthropic"),
          maxRetries: 0
        })
        await client.beta.messages.create({ ...wish, betas: ["files-api-2025-04-14"] })
        const [call] = await run(stage.sandbox.apiCalls)
        assert.isUndefined(call?.headers["x-api-key"])
        assert.strictEqual(call?.headers["authorization"], `Bearer ${stage.logins.get("one")?.access_token}`)
        assert.strictEqual(call?.headers["anthropic-beta"], "files-api-2025-04-14,oauth-2025-04-20")
      })
    )
  }

  it.live("takes a function as its key", () =>
    inStage(twoAtAnthropic, async (stage) => {
      const apiKey = stage.pool.apiKey("anthropic")
      const client = new Anthropic({ apiKey, baseURL: stage.sandbox.origin, maxRetries: 0 })
      assert.strictEqual(said(await client.messages.create(wish)), text)
      const [call] = await run(stage.sandbox.apiCalls)
      assert.strictEqual(call?.token, stage.logins.get("one")?.access_token)
    })
  )

  it.live("takes a function as its credentials, and has it called again after a 401", () =>
    inStage(twoAtAnthropic, async (stage) => {
      await expire(stage)
      const credentials = stage.pool.credentials("anthropic")
      const client = new Anthropic({ credentials, baseURL: stage.sandbox.origin, maxRetries: 1 })
      assert.strictEqual(said(await client.messages.create(wish)), text)
      assert.deepStrictEqual(await statuses(stage), [401, 200])
      assert.strictEqual((await run(stage.sandbox.journal)).length, 1)
    })
  )
})

describe("ai with @ai-sdk/openai", () => {
  const recovers = (what: string, ask: (model: ReturnType<ReturnType<typeof createOpenAI>>) => Promise<string>) =>
    it.live(what, () =>
      inStage(twoAtOpenAi, async (stage) => {
        await expire(stage)
        const openai = createOpenAI({
          apiKey: "placeholder",
          baseURL: `${stage.sandbox.origin}/v1`,
          fetch: stage.pool.fetch("openai-codex")
        })
        assert.strictEqual(await ask(openai("m")), text)
        assert.deepStrictEqual(await statuses(stage), [401, 200])
      })
    )

  recovers("generates a text", async (model) => {
    const generated = await generateText({ model, prompt: "hello", maxRetries: 0 })
    return generated.text
  })

  recovers("streams a text", async (model) => {
    const { textStream } = streamText({ model, prompt: "hello", maxRetries: 0 })
    return (await collected(textStream)).join("")
  })
})
