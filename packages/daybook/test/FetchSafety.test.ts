/** What pool.fetch owes to the secrecy of a credential, and to a caller who goes on while it works. */
import { apiKeyProvider } from "@daybook/oauth/ApiKeyProvider"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { credentialOf, PoolClosed, type StoreSource } from "daybook"
import type { ServerResponse } from "node:http"
import { afterEach } from "vitest"
import { readLedger } from "./support/Audit.ts"
import { failure, inStage, twoAtOpenAi } from "./support/inStage.ts"
import * as OwnServer from "./support/OwnServer.ts"
import type * as Stage from "./support/Stage.ts"

const run = Effect.runPromise

/** A provider that is a server of the test's own, and two keys of it. */
const atServer = (
  answer: (response: ServerResponse) => void,
  test: (stage: Stage.Stage, server: OwnServer.OwnServer) => Promise<void>,
  vault?: ReadonlyArray<StoreSource>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* OwnServer.make(answer)
      const provider = apiKeyProvider({ id: "own", apiOrigins: [server.origin] })
      yield* inStage(
        () => [{ provider, kind: "apiKey", labels: ["one", "two"] }],
        (stage) => test(stage, server),
        vault === undefined ? {} : { vault }
      )
    })
  )

/** API keys of `own` in memory, each under its number. */
const keys = (...secrets: ReadonlyArray<string>): ReadonlyArray<StoreSource> => [
  {
    kind: "memory",
    logins: secrets.map((secret, priority) => ({
      store: { kind: "memory", slot: String(priority) },
      provider: "own",
      kind: "apiKey",
      ownership: "owned",
      source: "test",
      id: String(priority),
      label: String(priority),
      priority,
      tokens: { access: Redacted.make(secret) }
    }))
  }
]

describe("a key that no header can carry", () => {
  const broken = "sk-first-half\nsecond-half"

  it.live("is shown by no error", () =>
    atServer(
      (response) => response.end(),
      async (stage, server) => {
        const error = await failure(stage, stage.pool.fetch("own")(server.origin))
        assert.notInclude(String(error), "second-half")
        assert.match(String(error), /its token has a line break in it/)
        assert.deepStrictEqual(server.requests, [])
      },
      keys(broken)
    )
  )

  it.live("is passed over", () =>
    atServer(
      (response) => response.end(),
      async (stage, server) => {
        const response = await stage.pool.fetch("own")(server.origin)
        assert.strictEqual(credentialOf(response)?.label, "1")
      },
      keys(broken, "sk-whole")
    )
  )

  it.live("is not one that merely ends its line", () =>
    atServer(
      (response) => response.end(),
      async (stage, server) => {
        assert.strictEqual((await stage.pool.fetch("own")(server.origin)).status, 200)
        assert.strictEqual(server.requests[0]?.["authorization"], "Bearer sk-whole")
      },
      keys("sk-whole\n")
    )
  )
})

/** Two servers: the provider's, which refuses the first key and takes the next, and one that is nobody's. */
const besideAnother = (
  test: (stage: Stage.Stage, own: OwnServer.OwnServer, other: OwnServer.OwnServer) => Promise<void>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const other = yield* OwnServer.make((response) => response.end())
      yield* atServer(refusingFirst(), (stage, own) => test(stage, own, other))
    })
  )

const refusingFirst = () => {
  let refused = false
  return (response: ServerResponse) => {
    response.writeHead(refused ? 200 : 429)
    refused = true
    response.end()
  }
}

describe("what a caller does with its own objects while pool.fetch works", () => {
  it.live("sends no credential elsewhere: the address counts as it was", () =>
    besideAnother(async (stage, own, other) => {
      const url = new URL(own.origin)
      const change = () => void (url.port = new URL(other.origin).port)
      const response = await stage.pool.fetch("own", { onStep: change })(url)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(url.origin, other.origin)
      assert.deepStrictEqual(other.requests, [])
      assert.strictEqual(own.requests.length, 2)
    })
  )

  it.live("changes no header of the request", () =>
    besideAnother(async (stage, own) => {
      const init = { method: "POST", headers: { "x-own": "before" } }
      const change = () => {
        init.headers["x-own"] = "after"
        init.method = "DELETE"
      }
      await stage.pool.fetch("own", { onStep: change })(own.origin, init)
      assert.deepStrictEqual(
        own.requests.map((headers) => headers["x-own"]),
        ["before", "before"]
      )
    })
  )
})

describe("a pool that closes", () => {
  it.live("ends the requests that are on their way, and says why", () =>
    Effect.gen(function* () {
      const left = Promise.withResolvers<void>()
      const reached = Promise.withResolvers<void>()
      yield* atServer(
        (response) => {
          response.once("close", left.resolve)
          reached.resolve()
        },
        async (stage, { origin }) => {
          const pending = failure(stage, stage.pool.fetch("own")(origin))
          await reached.promise
          await stage.pool.close()
          assert.instanceOf(await pending, PoolClosed)
          await left.promise
        }
      )
    })
  )

  it.live("ends the waiting for a refresh too", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const grant = stage.logins.get("one")?.grant ?? assert.fail()
      const hold = await run(stage.sandbox.hold("beforeReading", { grant }))
      const pending = failure(stage, stage.pool.getToken("openai-codex", { forceRefresh: true }))
      await run(hold.parked())
      const closed = stage.pool.close()
      assert.instanceOf(await pending, PoolClosed)
      await run(hold.release)
      await closed
    })
  )
})

describe("pool.fetch in place of the global fetch", () => {
  afterEach(() => vi.unstubAllGlobals())

  it.live("sends with the one that stood there before", () =>
    atServer(
      (response) => response.end("hello"),
      async (stage, { origin, requests }) => {
        vi.stubGlobal("fetch", stage.pool.fetch("own"))
        assert.strictEqual(await (await fetch(origin)).text(), "hello")
        assert.strictEqual(requests.length, 1)
      }
    )
  )

  it.live("follows a fetch that was put there later, as a program's tests do", () =>
    atServer(
      (response) => response.end(),
      async (stage, { origin, requests }) => {
        const own = stage.pool.fetch("own")
        vi.stubGlobal("fetch", async () => new Response("from a test"))
        assert.strictEqual(await (await own(origin)).text(), "from a test")
        assert.strictEqual(requests.length, 0)
      }
    )
  )
})

describe("an answer without a body", () => {
  it.live("that says that nothing has changed is an acceptance, and the caller's", () =>
    atServer(
      (response) => response.writeHead(304).end(),
      async (stage, { origin }) => {
        const response = await stage.pool.fetch("own")(origin, { headers: { "if-none-match": "before" } })
        assert.strictEqual(response.status, 304)
        await stage.pool.close()
        const outcomes = (await readLedger(stage)).filter((event) => event.type === "ApiOutcomeObserved")
        assert.deepStrictEqual(
          outcomes.map(({ data }) => data.accepted),
          [true]
        )
      }
    )
  )
})

describe("the body of an answer", () => {
  it.live("that refuses and never ends holds up nobody for long, and is still the caller's", () =>
    atServer(
      (response) => {
        response.writeHead(400)
        response.write("the beginning")
      },
      async (stage, { origin }) => {
        const response = await stage.pool.fetch("own")(origin)
        assert.strictEqual(response.status, 400)
        const reader = response.body?.getReader() ?? assert.fail()
        assert.strictEqual(new TextDecoder().decode((await reader.read()).value), "the beginning")
        await reader.cancel()
      }
    )
  )

  it.live("that nobody will read is left, so that its connection ends", () =>
    Effect.gen(function* () {
      const left = Promise.withResolvers<void>()
      let asked = 0
      yield* atServer(
        (response) => {
          if ((asked += 1) > 1) return response.end()
          response.writeHead(429).write("the beginning")
          response.once("close", left.resolve)
        },
        async (stage, { origin }) => {
          assert.strictEqual((await stage.pool.fetch("own")(origin)).status, 200)
          await left.promise
        }
      )
    })
  )

  it.live("can be looked for before the answer is copied, and both copies are whole", () =>
    atServer(
      (response) => response.end("hello"),
      async (stage, { origin }) => {
        const response = await stage.pool.fetch("own")(origin)
        assert.isNotNull(response.body)
        const copy = response.clone()
        assert.strictEqual(await new Response(response.body).text(), "hello")
        assert.strictEqual(await copy.text(), "hello")
      }
    )
  )
})

describe("a model of a very long name", () => {
  const model = "m".repeat(200)
  const asking = { method: "POST", body: JSON.stringify({ model, input: "hello" }) }
  const grantOf = ({ logins }: Stage.Stage, label: string) => logins.get(label)?.grant ?? assert.fail(label)

  it.live("is no reason for a refused call to fail", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const fault = { _tag: "Status", status: 429, headers: { "retry-after": "60" } } as const
      await run(stage.sandbox.apiFault({ fault, grant: grantOf(stage, "one"), times: 1 }))
      const response = await stage.pool.fetch("openai-codex")(`${stage.sandbox.origin}/v1/responses`, asking)
      assert.deepInclude(credentialOf(response), { label: "two" })
    })
  )

  it.live("is benched like any other", () =>
    inStage(twoAtOpenAi, async (stage) => {
      const body = JSON.stringify({ detail: "this model is not supported" })
      const fault = { _tag: "Status", status: 400, body } as const
      await run(stage.sandbox.apiFault({ fault, grant: grantOf(stage, "one"), times: 1 }))
      await stage.pool.fetch("openai-codex")(`${stage.sandbox.origin}/v1/responses`, asking)
      assert.strictEqual((await stage.pool.getToken("openai-codex", { model })).label, "two")
      assert.strictEqual((await stage.pool.getToken("openai-codex", { model: "another" })).label, "one")
    })
  )
})
