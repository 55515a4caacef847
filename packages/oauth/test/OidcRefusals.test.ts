/** What `oidc-provider`, a certified server that is not ours, refuses, and what we make of it. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { lifetimes } from "./support/oidc/configuration.ts"
import * as Oidc from "./support/OidcLogin.ts"
import { OidcServer } from "./support/OidcServer.ts"

layer(Oidc.layer, { excludeTestServices: true })("oidc-provider", (it) => {
  describe("a refresh token that was used already", () => {
    it.effect("is refused for good, without a word of reuse", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider()
        const login = yield* Oidc.logIn(provider)
        yield* Oidc.refreshed(provider, login.refresh)
        const answer = yield* Oidc.refresh(provider, login.refresh)
        if (answer._tag === "Granted") return assert.fail("a spent token was taken")
        assert.deepStrictEqual(answer.evidence, {
          status: 400,
          code: "invalid_grant",
          message: "grant request is invalid",
          body: "json",
          left: true
        })
        assert.deepStrictEqual(Oidc.verdictOf(provider, answer), Oidc.deadToken)
      })
    )

    it.effect("takes its successor with it", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider()
        const login = yield* Oidc.logIn(provider)
        const next = yield* Oidc.refreshed(provider, login.refresh)
        yield* Oidc.refresh(provider, login.refresh)
        const answer = yield* Oidc.refresh(provider, next.refresh)
        assert.deepStrictEqual(Oidc.verdictOf(provider, answer), Oidc.deadToken)
      })
    )
  })

  describe("a refusal", () => {
    it.effect("is terminal for an expired refresh token, though it does not say why", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider()
        const login = yield* Oidc.logIn(provider)
        yield* server.advance(lifetimes.RefreshToken + 1)
        assert.deepStrictEqual(Oidc.verdictOf(provider, yield* Oidc.refresh(provider, login.refresh)), Oidc.deadToken)
      })
    )

    for (const client of [Oidc.postClient, Oidc.basicClient]) {
      it.effect(`blames the definition for a wrong client secret, and spends nothing: ${client.clientId}`, () =>
        Effect.gen(function* () {
          const server = yield* OidcServer
          const login = yield* Oidc.logIn(server.provider(client))
          const wrong = server.provider({ ...client, clientSecret: Redacted.make("wr0ng secret") })
          const answer = yield* Oidc.refresh(wrong, login.refresh)
          assert.deepInclude(Oidc.verdictOf(wrong, answer), { reason: "Misconfigured", rule: "codes/misconfigured" })
          yield* Oidc.refreshed(server.provider(client), login.refresh)
        })
      )
    }

    it.effect("blames the definition for a client that the server does not know", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider({ clientId: "nobody" })
        const answer = yield* Oidc.refresh(provider, Redacted.make("any"))
        assert.strictEqual(Oidc.verdictOf(provider, answer).reason, "Misconfigured")
      })
    )

    it.effect("blames the definition for a scope that was not granted, and spends nothing", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const login = yield* Oidc.logIn(server.provider())
        const greedy = server.provider({ scope: "openid offline_access call" })
        const answer = yield* Oidc.refresh(greedy, login.refresh)
        if (answer._tag === "Granted") return assert.fail("the scope was granted")
        assert.strictEqual(answer.evidence.code, "invalid_scope")
        assert.strictEqual(Oidc.verdictOf(greedy, answer).reason, "Misconfigured")
        yield* Oidc.refreshed(server.provider(), login.refresh)
      })
    )
  })
})
