/** How a client names itself, as bytes: RFC 6749 section 2.3.1. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { InvalidProvider, type Provider } from "@daybook/oauth/Provider"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { httpServer } from "./support/Server.ts"

const clientSecret = Redacted.make("s:cr t+%")
const secretForms = ["s:cr t+%", "s%3Acr+t%2B%25", "bXklM0FpZDpzJTNBY3IrdCUyQiUyNQ=="]

const refreshed = Effect.fnUntraced(function* (
  options: Partial<Provider>,
  answer: (response: Parameters<Parameters<typeof httpServer>[0]>[0]) => void = (response) => response.end("{}")
) {
  const server = yield* httpServer(answer)
  const provider = oauth2({ id: "as", clientId: "my:id", tokenEndpoint: `${server.origin}/token`, ...options })
  const outcome = yield* TokenEndpoint.use((endpoint) =>
    endpoint.refresh(provider, Redacted.make("rt 1"), { timeLimitMillis: 5_000 })
  ).pipe(Effect.provide(TokenEndpoint.layer))
  return { outcome, seen: server.requests }
})

describe("a client", () => {
  it.live("that is public names itself in the body", () =>
    Effect.gen(function* () {
      const { seen } = yield* refreshed({ clientAuthentication: "none" })
      assert.strictEqual(seen[0]?.body, "grant_type=refresh_token&refresh_token=rt+1&client_id=my%3Aid")
      assert.isUndefined(seen[0]?.headers["authorization"])
    })
  )

  it.live("with a secret uses HTTP Basic unless it says otherwise, both halves form-encoded", () =>
    Effect.gen(function* () {
      const { seen } = yield* refreshed({ clientSecret })
      assert.strictEqual(seen[0]?.body, "grant_type=refresh_token&refresh_token=rt+1")
      assert.strictEqual(seen[0]?.headers["authorization"], "Basic bXklM0FpZDpzJTNBY3IrdCUyQiUyNQ==")
    })
  )

  it.live("may write its secret into the body", () =>
    Effect.gen(function* () {
      const { seen } = yield* refreshed({ clientSecret, clientAuthentication: "client_secret_post" })
      assert.strictEqual(
        seen[0]?.body,
        "grant_type=refresh_token&refresh_token=rt+1&client_id=my%3Aid&client_secret=s%3Acr+t%2B%25"
      )
    })
  )

  it.live("sends nothing without the secret that it needs", () =>
    Effect.gen(function* () {
      const { outcome, seen } = yield* refreshed({ clientAuthentication: "client_secret_post" })
      assert.deepStrictEqual(seen, [])
      assert.deepInclude(outcome, { evidence: { fault: "client-secret-missing", left: false } })
    })
  )

  it.live("never finds its secret in what is recorded, however the server repeats it", () =>
    Effect.gen(function* () {
      for (const form of secretForms) {
        const { outcome } = yield* refreshed({ clientSecret }, (response) => {
          response.writeHead(401, { "content-type": "application/json", "x-request-id": form })
          response.end(JSON.stringify({ error: "invalid_client", error_description: `bad ${form}` }))
        })
        assert.notInclude(JSON.stringify(outcome), form)
      }
    })
  )

  it("needs an id to have a secret", () => {
    assert.throws(() => oauth2({ id: "as", tokenEndpoint: "https://as.example", clientSecret }), InvalidProvider)
  })
})
