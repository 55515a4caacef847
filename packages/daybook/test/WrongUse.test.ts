import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { providerAt } from "@daybook/oauth/Provider"
import Anthropic from "@anthropic-ai/sdk"
import { createOpenAI } from "@ai-sdk/openai"
import { assert, describe, it } from "@effect/vitest"
import { generateText } from "ai"
import { Effect } from "effect"
import OpenAI from "openai"
import { existsSync } from "node:fs"
import { join } from "node:path"
import {
  ForbiddenOrigin,
  history,
  InvalidPolicy,
  NoneAvailable,
  openPool,
  type Pool,
  PoolClosed,
  RefreshError,
  result,
  UnknownCredential,
  UnknownProvider
} from "daybook"
import { failure, inStage, twoAtOpenAi } from "./support/inStage.ts"
import type * as Stage from "./support/Stage.ts"
import { patient } from "./support/World.ts"

const run = Effect.runPromise
const nobody = (origin: string): ReadonlyArray<Stage.Part> => [
  { provider: providerAt(openAiCodex, origin), kind: "oauth", labels: [] }
]

const question = JSON.stringify({ model: "m", input: "hello" })
const asking = { method: "POST", body: question }

/** Every way to ask a pool for a credential. */
const ways: ReadonlyArray<readonly [string, (stage: Stage.Stage, provider: string) => Promise<unknown>]> = [
  ["getToken", ({ pool }, provider) => pool.getToken(provider)],
  ["apiKey", ({ pool }, provider) => pool.apiKey(provider)()],
  ["credentials", ({ pool }, provider) => pool.credentials(provider)()],
  ["withCredential", ({ pool }, provider) => pool.withCredential(provider, async () => "used")],
  ["fetch", ({ pool, sandbox }, provider) => pool.fetch(provider)(`${sandbox.origin}/v1/responses`, asking)]
]

describe("a provider that nobody knows", () => {
  for (const [way, ask] of ways) {
    it.live(`${way}: is named beside those that are known`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        const error = await failure(stage, ask(stage, "openai-codx"))
        assert.instanceOf(error, UnknownProvider)
        assert.include(
          error.message,
          'No provider "openai-codx" is defined here, and the pool has no API key of it. Defined are: openai-codex, '
        )
      })
    )
  }
})

describe("an explanation", () => {
  it.live("of a provider that nobody knows is none", () =>
    inStage(twoAtOpenAi, async (stage) => {
      assert.instanceOf(await failure(stage, stage.pool.explain("openai-codx")), UnknownProvider)
    })
  )

  it.live("names whom the next call gets, and why not the others, under the policy of the pool", () =>
    inStage(
      twoAtOpenAi,
      async ({ pool }) => {
        const { candidates, served, strategy } = await pool.explain("openai-codex")
        assert.strictEqual(strategy, "round_robin")
        assert.strictEqual((await pool.getToken("openai-codex")).credential, served)
        const others = candidates.filter(({ credential }) => credential !== served)
        assert.deepStrictEqual(
          others.map(({ text }) => text),
          ["its turn comes later"]
        )
      },
      { policy: { ...patient, strategy: "round_robin" } }
    )
  )

  it.live("is of the model that is asked for", () =>
    inStage(twoAtOpenAi, async ({ logins, pool }) => {
      const missing = { status: 404, headers: {}, body: '{"error":{"code":"model_not_found"}}', model: "m" }
      await pool.report("openai-codex", logins.get("one")?.access_token ?? "", missing)
      assert.strictEqual((await pool.explain("openai-codex")).served, "one")
      assert.strictEqual((await pool.explain("openai-codex", { model: "m" })).served, "two")
    })
  )
})

describe("a policy that makes no sense", () => {
  it.live("is refused, and no pool is begun", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const home = join(stage.folder, "another")
      const wrong: object = { strategy: "rond_robin" }
      assert.instanceOf(await failure(stage, openPool({ home, policy: wrong })), InvalidPolicy)
      assert.isFalse(existsSync(home))
    })
  )
})

describe("an event that cannot be", () => {
  it.live("is not begun at, and what can be is said", () =>
    inStage(twoAtOpenAi, async ({ home, pool }) => {
      for (const from of [-1, 1.5, Number.NaN]) {
        assert.throws(
          () => pool.events(from),
          RangeError,
          `No event has the number ${from}. Begin at 0 or a whole number`
        )
        const first = history({ home, from }).next()
        assert.match(String(await first.catch((error: unknown) => error)), /^RangeError: No event has the number/)
      }
    })
  )
})

describe("a credential that is named by an address", () => {
  it.live("is not found, since the ledger keeps none, and what to name instead is said", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const error = await failure(stage, stage.pool.getToken("openai-codex", { credential: "ada@example.com" }))
      assert.instanceOf(error, UnknownCredential)
      assert.include(error.message, "It has: one, two. An address is not a name: take the id")
    })
  )
})

describe("a credential that is not there", () => {
  it("is answered with those that are, in the order of their names", () => {
    const { message } = new UnknownCredential({ credential: "third", known: ["two", "one"] })
    assert.strictEqual(message, 'No credential "third" is in this pool. It has: one, two.')
  })
})

describe("a number of attempts that cannot be", () => {
  for (const maxAttempts of [0, -1, 1.5, Number.NaN]) {
    it.live(`${maxAttempts}: is refused before anything is sent`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        const { pool, sandbox } = stage
        const words = `maxAttempts is ${maxAttempts}. Give a whole number, 1 or more`
        assert.throws(() => pool.fetch("openai-codex", { maxAttempts }), RangeError, words)
        const lent = pool.withCredential("openai-codex", async () => "used", { maxAttempts })
        assert.instanceOf(await failure(stage, lent), RangeError)
        assert.deepStrictEqual(await run(sandbox.apiCalls), [])
      })
    )
  }
})

describe("a pool that is closed", () => {
  for (const [way, ask] of ways) {
    it.live(`${way}: says so`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        await stage.pool.getToken("openai-codex")
        await stage.pool.close()
        assert.instanceOf(await failure(stage, ask(stage, "openai-codex")), PoolClosed)
        assert.deepStrictEqual(await run(stage.sandbox.apiCalls), [])
      })
    )
  }

  const others: ReadonlyArray<readonly [string, (pool: Pool) => Promise<unknown>]> = [
    ["explain", (pool) => pool.explain("openai-codex")],
    ["status", (pool) => pool.status()],
    ["refresh", (pool) => pool.refresh("one")],
    ["report", (pool) => pool.report("openai-codex", "token", { status: 401, headers: {}, body: "" })],
    ["events", async (pool) => pool.events()]
  ]

  for (const [way, ask] of others) {
    it.live(`${way}: says so too`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        await stage.pool.close()
        assert.instanceOf(await failure(stage, ask(stage.pool)), PoolClosed)
      })
    )
  }

  it.live("has no more events for those who follow them", () =>
    inStage(twoAtOpenAi, async ({ pool }) => {
      let read = 0
      for await (const _ of pool.events()) if ((read += 1) === 1) void pool.close()
      assert.isAbove(read, 0)
    })
  )

  it.live("may be closed again", () =>
    inStage(twoAtOpenAi, async ({ pool }) => {
      await pool.close()
      await pool.close()
    })
  )
})

describe("a provider without a credential", () => {
  for (const [way, ask] of ways) {
    it.live(`${way}: says how to get one`, () =>
      inStage(nobody, async (stage) => {
        const error = await failure(stage, ask(stage, "openai-codex"))
        assert.instanceOf(error, NoneAvailable)
        assert.include(error.message, "`daybook login openai-codex`")
      })
    )
  }
})

describe("a provider whose credentials are all cooling", () => {
  for (const [way, ask] of ways) {
    it.live(`${way}: says until when, and why each`, () =>
      inStage(twoAtOpenAi, async (stage) => {
        for (const { access_token } of stage.logins.values()) {
          const limit = { status: 429, headers: { "retry-after": "60" }, body: "" }
          await stage.pool.report("openai-codex", access_token, limit)
        }
        const error = await failure(stage, ask(stage, "openai-codex"))
        assert.instanceOf(error, NoneAvailable)
        assert.deepStrictEqual(
          error.passed.map(({ credential, why }) => `${credential} ${why.slice(0, 21)}`),
          ["one cooling (RateLimited)", "two cooling (RateLimited)"]
        )
        assert.closeTo(error.until ?? 0, Date.now() + 60_000, 10_000)
      })
    )
  }
})

describe("an API key that its provider refused", () => {
  it.live("asks for another one", () =>
    inStage(
      (origin) => [{ provider: providerAt(anthropic, origin), kind: "apiKey", labels: ["key"] }],
      async (stage) => {
        const key = stage.logins.get("key")?.access_token ?? assert.fail()
        await stage.pool.report("anthropic", key, { status: 401, headers: {}, body: "" })
        const error = await failure(stage, stage.pool.getToken("anthropic", { credential: "key" }))
        assert.instanceOf(error, RefreshError)
        assert.include(error.message, "Put a new API key for Anthropic in its place.")
      }
    )
  )
})

describe("a client library", () => {
  const fetchOf = ({ pool }: Stage.Stage) => pool.fetch("openai-codex")

  it.live("of OpenAI shows a typed error as the cause of its own", () =>
    inStage(nobody, async (stage) => {
      const client = new OpenAI({
        apiKey: "placeholder",
        baseURL: `${stage.sandbox.origin}/v1`,
        fetch: fetchOf(stage),
        maxRetries: 0
      })
      const error = await failure(stage, client.responses.create({ model: "m", input: "hello" }))
      assert.instanceOf(error, OpenAI.APIConnectionError)
      assert.instanceOf(error.cause, NoneAvailable)
    })
  )

  it.live("of OpenAI shows what a key function threw as the cause too", () =>
    inStage(nobody, async (stage) => {
      const apiKey = stage.pool.apiKey("openai-codex")
      const client = new OpenAI({ apiKey, baseURL: `${stage.sandbox.origin}/v1`, maxRetries: 0 })
      const error = await failure(stage, client.responses.create({ model: "m", input: "hello" }))
      assert.instanceOf(error, OpenAI.OpenAIError)
      assert.instanceOf(error.cause, NoneAvailable)
    })
  )

  it.live("of Anthropic shows it as the cause", () =>
    inStage(nobody, async (stage) => {
      const client = new Anthropic({
        apiKey: "placeholder",
        baseURL: stage.sandbox.origin,
        fetch: fetchOf(stage),
        maxRetries: 0
      })
      const messages = [{ role: "user" as const, content: "hello" }]
      const error = await failure(stage, client.messages.create({ model: "m", max_tokens: 1, messages }))
      assert.instanceOf(error, Anthropic.APIConnectionError)
      assert.instanceOf(error.cause, NoneAvailable)
    })
  )

  it.live("of Vercel passes it on as it is", () =>
    inStage(nobody, async (stage) => {
      const openai = createOpenAI({
        apiKey: "placeholder",
        baseURL: `${stage.sandbox.origin}/v1`,
        fetch: fetchOf(stage)
      })
      const error = await failure(stage, generateText({ model: openai("m"), prompt: "hello", maxRetries: 0 }))
      assert.instanceOf(error, NoneAvailable)
    })
  )
})

describe("result", () => {
  it.live("is the value", () =>
    inStage(twoAtOpenAi, async ({ pool }) => {
      const got = await result(pool.getToken("openai-codex"))
      assert.isTrue(got.ok && got.value.credential === "one")
    })
  )

  it.live("is one of our own errors, as a value", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const got = await result(stage.pool.fetch("openai-codex")("https://elsewhere.example/"))
      assert.isTrue(!got.ok && got.error instanceof ForbiddenOrigin)
    })
  )

  it.live("throws everybody else's", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const mistake = new Error("a mistake")
      assert.strictEqual(await failure(stage, result(Promise.reject(mistake))), mistake)
    })
  )
})
