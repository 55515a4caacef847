/** What a revocation makes of answers that `oidc-provider` never gives. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { oauth2 } from "@daybook/oauth/OAuth2"
import type { Provider } from "@daybook/oauth/Provider"
import { Revocation } from "@daybook/oauth/Revocation"
import { answerJson, httpServer } from "./support/Server.ts"

const serverAt = (origin: string): Provider =>
  oauth2({
    id: "as",
    tokenEndpoint: `${origin}/token`,
    revocationEndpoint: `${origin}/revoke`,
    clientId: "client-1"
  })

const revoke = (provider: Provider) =>
  Revocation.use((revocation) =>
    revocation.revoke(provider, Redacted.make("rt-1"), { tokenTypeHint: "refresh_token", timeLimitMillis: 10_000 })
  ).pipe(Effect.provide(Revocation.layer))

describe("a revocation", () => {
  it.live("is one POST with the token, what it is, and the client", () =>
    Effect.gen(function* () {
      const server = yield* httpServer((response) => response.writeHead(200).end())
      assert.strictEqual((yield* revoke(serverAt(server.origin)))._tag, "Revoked")
      assert.deepStrictEqual(
        server.requests.map(({ body, method }) => `${method} ${body}`),
        ["POST token=rt-1&token_type_hint=refresh_token&client_id=client-1"]
      )
    })
  )

  it.live("that the server puts off is evidence with the time it asks for, and without the token", () =>
    Effect.gen(function* () {
      const body = { error: "temporarily_unavailable", error_description: "not now, rt-1" }
      const server = yield* httpServer(answerJson(503, body, { "retry-after": "60" }))
      const before = Date.now()
      const answer = yield* revoke(serverAt(server.origin))
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.deepInclude(answer.evidence, { status: 503, code: "temporarily_unavailable", message: "not now, ***" })
      assert.isAtLeast(answer.evidence.retryAfter ?? 0, before + 60_000)
    })
  )

  it.live("does not follow a redirect", () =>
    Effect.gen(function* () {
      const elsewhere = yield* httpServer((response) => response.writeHead(200).end())
      const server = yield* httpServer((response) => response.writeHead(307, { location: elsewhere.origin }).end())
      assert.strictEqual((yield* revoke(serverAt(server.origin)))._tag, "Refused")
      assert.strictEqual(elsewhere.connections(), 0)
    })
  )

  it.live("never leaves without the client secret that it needs", () =>
    Effect.gen(function* () {
      const server = yield* httpServer((response) => response.writeHead(200).end())
      const answer = yield* revoke({ ...serverAt(server.origin), clientAuthentication: "client_secret_post" })
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.deepStrictEqual(answer.evidence, { fault: "client-secret-missing", left: false })
      assert.strictEqual(server.connections(), 0)
    })
  )

  it.live("is not made of a provider without such an endpoint", () =>
    Effect.gen(function* () {
      const provider = oauth2({ id: "as", tokenEndpoint: "https://as.example/token" })
      assert.deepStrictEqual(yield* revoke(provider), { _tag: "Unsupported" })
    })
  )
})
