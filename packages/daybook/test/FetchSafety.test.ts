/** What pool.fetch owes to the secrecy of a credential, and to a caller who goes on while it works. */
import { apiKeyProvider } from "@daybook/oauth/ApiKeyProvider"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { credentialOf, PoolClosed, type StoreSource } from "daybook"
import type { ServerResponse } from "node:http"
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
