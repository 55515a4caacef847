/** Refreshing at a certified server that is not ours: `oidc-provider`, over HTTP, found by its issuer. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { describe as describeTokens } from "@daybook/oauth/Describe"
import { lifetimes } from "./support/oidc/configuration.ts"
import * as Oidc from "./support/OidcLogin.ts"
import { OidcServer } from "./support/OidcServer.ts"

layer(Oidc.layer, { excludeTestServices: true })("oidc-provider", (it) => {
  describe("a refresh", () => {
    for (const client of Oidc.clients) {
      it.effect(`brings a new access token and a new refresh token: ${client.clientId}`, () =>
        Effect.gen(function* () {
          const provider = (yield* OidcServer).provider(client)
          const login = yield* Oidc.logIn(provider)
          const answer = yield* Oidc.refresh(provider, login.refresh)
          if (answer._tag === "Refused") return assert.fail(JSON.stringify(answer.evidence))
          assert.isTrue(answer.rotated)
          assert.notStrictEqual(Redacted.value(answer.tokens.access!), Redacted.value(login.access))
          assert.notStrictEqual(Redacted.value(answer.tokens.refresh!), Redacted.value(login.refresh))
          assert.closeTo((answer.tokens.expiresAt ?? 0) - Date.now(), lifetimes.AccessToken * 1000, 10_000)
        })
      )
    }

    it.effect("carries the client secret where the client says", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const seen = (yield* server.posts).length
        for (const client of Oidc.clients) {
          const provider = server.provider(client)
          yield* Oidc.refreshed(provider, (yield* Oidc.logIn(provider)).refresh)
        }
        const refreshes = (yield* server.posts).slice(seen).filter(({ grantType }) => grantType === "refresh_token")
        assert.deepStrictEqual(
          refreshes.map(({ client, secretIn, status }) => [client, secretIn, status]),
          [
            ["public", "nowhere", 200],
            ["post", "body", 200],
            ["basic", "header", 200]
          ]
        )
      })
    )

    it.effect("goes on from successor to successor", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider()
        let { refresh } = yield* Oidc.logIn(provider)
        const seen = new Set([Redacted.value(refresh)])
        for (let time = 0; time < 5; time++) {
          refresh = (yield* Oidc.refreshed(provider, refresh)).refresh
          seen.add(Redacted.value(refresh))
        }
        assert.strictEqual(seen.size, 6)
      })
    )

    it.effect("reads the end and the account of an access token that is a JWT in it", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider({
          clientId: "api",
          scope: "openid offline_access call",
          expiry: ["claim"]
        })
        const { tokens } = yield* Oidc.refreshed(provider, (yield* Oidc.logIn(provider)).refresh)
        const { expiresAt = 0, issuedAt = 0, subject } = describeTokens(provider, tokens)
        assert.strictEqual(expiresAt - issuedAt, lifetimes.AccessToken * 1000)
        assert.strictEqual(subject, "alice")
      })
    )
  })

  describe("discovery", () => {
    it.effect("works by the document of OpenID Connect too", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider({
          tokenEndpoint: { issuer: server.issuer, document: "openid", hosts: ["127.0.0.1"] }
        })
        yield* Oidc.refreshed(provider, (yield* Oidc.logIn(provider)).refresh)
      })
    )

    it.effect("is refused under another issuer's name, before any token leaves", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const login = yield* Oidc.logIn(server.provider())
        const issuer = server.issuer.replace("127.0.0.1", "localhost")
        const provider = server.provider({
          tokenEndpoint: { issuer, document: "oauth", hosts: ["localhost", "127.0.0.1"] }
        })
        const before = yield* server.posts
        const answer = yield* Oidc.refresh(provider, login.refresh)
        if (answer._tag === "Granted") return assert.fail("the issuer was believed")
        assert.deepStrictEqual(answer.evidence, { fault: "discovery-invalid", left: false })
        assert.strictEqual(Oidc.verdictOf(provider, answer).reason, "Misconfigured")
        assert.deepStrictEqual(yield* server.posts, before)
      })
    )
  })
})
