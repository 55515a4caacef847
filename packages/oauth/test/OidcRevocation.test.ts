/** Revocation (RFC 7009) at `oidc-provider`, and what becomes of the tokens. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"
import { classifyApi } from "@daybook/oauth/Classify"
import type { Provider } from "@daybook/oauth/Provider"
import { Revocation } from "@daybook/oauth/Revocation"
import * as Oidc from "./support/OidcLogin.ts"
import { OidcServer } from "./support/OidcServer.ts"

const revoke = (
  provider: Provider,
  token: Redacted.Redacted<string>,
  tokenTypeHint: "access_token" | "refresh_token" = "refresh_token"
) => Revocation.use((revocation) => revocation.revoke(provider, token, { ...Oidc.limit, tokenTypeHint }))

/** An API that takes these tokens, and says what is wrong in a header (RFC 6750 section 3). Its body is not read. */
const userinfo = Effect.fnUntraced(function* (access: Redacted.Redacted<string>) {
  const { issuer } = yield* OidcServer
  const headers = { authorization: `Bearer ${Redacted.value(access)}` }
  const response = yield* Effect.promise(() => fetch(`${issuer}/me`, { headers }))
  yield* Effect.promise(() => response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(response.headers), body: "" }
})

layer(Oidc.layer, { excludeTestServices: true })("oidc-provider", (it) => {
  for (const client of Oidc.clients) {
    it.effect(`revokes a refresh token, and refuses it from then on: ${client.clientId}`, () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider(client)
        const login = yield* Oidc.logIn(provider)
        assert.strictEqual((yield* revoke(provider, login.refresh))._tag, "Revoked")
        assert.deepStrictEqual(Oidc.verdictOf(provider, yield* Oidc.refresh(provider, login.refresh)), Oidc.deadToken)
      })
    )
  }

  it.effect("revokes a whole family by any of its members", () =>
    Effect.gen(function* () {
      const provider = (yield* OidcServer).provider()
      const login = yield* Oidc.logIn(provider)
      const next = yield* Oidc.refreshed(provider, login.refresh)
      yield* revoke(provider, next.access, "access_token")
      assert.deepStrictEqual(Oidc.verdictOf(provider, yield* Oidc.refresh(provider, next.refresh)), Oidc.deadToken)
    })
  )

  it.effect("takes a token that it does not know as revoked", () =>
    Effect.gen(function* () {
      const { provider } = yield* OidcServer
      assert.strictEqual((yield* revoke(provider(), Redacted.make("never-issued")))._tag, "Revoked")
    })
  )

  it.effect("revokes nothing for a client with a wrong secret", () =>
    Effect.gen(function* () {
      const { provider } = yield* OidcServer
      const login = yield* Oidc.logIn(provider(Oidc.basicClient))
      const wrong = provider({ ...Oidc.basicClient, clientSecret: Redacted.make("wr0ng") })
      const answer = yield* revoke(wrong, login.refresh)
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.deepInclude(answer.evidence, { status: 401, code: "invalid_client" })
      yield* Oidc.refreshed(provider(Oidc.basicClient), login.refresh)
    })
  )

  describe("an access token", () => {
    it.effect("is accepted at first", () =>
      Effect.gen(function* () {
        const login = yield* Oidc.logIn((yield* OidcServer).provider())
        assert.strictEqual((yield* userinfo(login.access)).status, 200)
      })
    )

    it.effect("is refused with its login revoked, and its header alone says that it is the token", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider()
        const login = yield* Oidc.logIn(provider)
        yield* revoke(provider, login.refresh)
        const answer = yield* userinfo(login.access)
        const now = Date.now()
        const evidence = apiEvidence(answer, { now, secrets: [login.access] })
        assert.deepStrictEqual(evidence, {
          status: 401,
          code: "invalid_token",
          message: "invalid token provided",
          body: "empty",
          left: true
        })
        assert.deepStrictEqual(classifyApi(provider, "oauth", evidence, now), {
          verdict: "AccessExpired",
          scope: "credential",
          rule: "api/codes/access-refused"
        })
      })
    )
  })
})
