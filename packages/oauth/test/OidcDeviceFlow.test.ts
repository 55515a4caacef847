/** The device flow (RFC 8628) at `oidc-provider`; the person goes through the server's own pages. */
import { assert, describe, layer } from "@effect/vitest"
import { Clock, Effect, Redacted } from "effect"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import { lifetimes } from "./support/oidc/configuration.ts"
import * as Oidc from "./support/OidcLogin.ts"
import { OidcServer } from "./support/OidcServer.ts"
import * as PassingClock from "./support/PassingClock.ts"

/** More than any wait between two polls. */
const options = { timeLimitMillis: 120_000 }

layer(Oidc.layer, { excludeTestServices: true })("oidc-provider", (it) => {
  describe("a device flow", () => {
    it.effect("starts with a code and a page for the person, and with the RFC's own interval", () =>
      Effect.gen(function* () {
        const { issuer, provider } = yield* OidcServer
        const started = yield* Oidc.start(provider())
        assert.match(started.userCode, /^[A-Z]{4}-[A-Z]{4}$/)
        assert.strictEqual(started.verificationUri, `${issuer}/device`)
        assert.strictEqual(started.verificationUriComplete, `${issuer}/device?user_code=${started.userCode}`)
        assert.strictEqual(started.intervalMillis, 5_000)
        assert.closeTo(started.expiresAt - Date.now(), lifetimes.DeviceCode * 1000, 10_000)
      })
    )

    it.effect("is pending until the person decides", () =>
      Effect.gen(function* () {
        const provider = (yield* OidcServer).provider()
        const started = yield* Oidc.start(provider)
        assert.deepStrictEqual(yield* Oidc.poll(provider, started), { _tag: "AuthorizationPending" })
      })
    )

    for (const client of Oidc.clients) {
      it.effect(`ends with a login when the person approves: ${client.clientId}`, () =>
        Effect.gen(function* () {
          const server = yield* OidcServer
          const provider = server.provider(client)
          const started = yield* Oidc.start(provider)
          assert.include(yield* server.visit(started, "approve"), "Your sign-in was successful")
          const answer = yield* Oidc.poll(provider, started)
          if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer))
          assert.hasAllKeys(answer.tokens, ["access", "refresh", "idToken", "expiresAt", "loggedInAt", "refreshedAt"])
          assert.notInclude(JSON.stringify(answer), Redacted.value(answer.tokens.access!))
        })
      )
    }

    it.effect("ends without one when the person says no", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider()
        const started = yield* Oidc.start(provider)
        yield* server.visit(started, "deny")
        assert.deepStrictEqual(yield* Oidc.poll(provider, started), { _tag: "AccessDenied" })
      })
    )

    it.effect("ends when the person takes too long", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider()
        const started = yield* Oidc.start(provider)
        yield* server.advance(lifetimes.DeviceCode + 1)
        assert.deepStrictEqual(yield* Oidc.poll(provider, started), { _tag: "ExpiredToken" })
      })
    )

    it.effect("gives its tokens once: the code is refused afterwards", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider()
        const started = yield* Oidc.start(provider)
        yield* server.visit(started, "approve")
        yield* Oidc.poll(provider, started)
        const answer = yield* Oidc.poll(provider, started)
        if (answer._tag !== "Refused") return assert.fail(answer._tag)
        assert.deepInclude(answer.evidence, { status: 400, code: "invalid_grant" })
      })
    )

    it.effect("is refused to a client with a wrong secret", () =>
      Effect.gen(function* () {
        const { provider } = yield* OidcServer
        const wrong = provider({ ...Oidc.basicClient, clientSecret: Redacted.make("wr0ng") })
        const answer = yield* DeviceFlow.use((flow) => flow.start(wrong, options))
        if (answer._tag !== "Refused") return assert.fail(answer._tag)
        assert.deepInclude(answer.evidence, { status: 401, code: "invalid_client" })
      })
    )
  })

  describe("waiting for the person", () => {
    it.effect("polls every five seconds until the login is there", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider()
        const started = yield* Oidc.start(provider)
        const approveThen = (before: number) => (before === 2 ? server.visit(started, "approve") : Effect.void)
        const { clock, waits } = yield* PassingClock.make((before) => Effect.asVoid(approveThen(before)))
        const outcome = yield* DeviceFlow.use((flow) => flow.awaitUser(provider, started, options)).pipe(
          Effect.provideService(Clock.Clock, clock)
        )
        assert.strictEqual(outcome._tag, "Granted")
        assert.deepStrictEqual(waits, [5, 5, 5])
      })
    )

    it.effect("ends as soon as the person says no", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider()
        const started = yield* Oidc.start(provider)
        yield* server.visit(started, "deny")
        const { clock, waits } = yield* PassingClock.make()
        const outcome = yield* DeviceFlow.use((flow) => flow.awaitUser(provider, started, options)).pipe(
          Effect.provideService(Clock.Clock, clock)
        )
        assert.deepStrictEqual(outcome, { _tag: "AccessDenied" })
        assert.deepStrictEqual(waits, [5])
      })
    )
  })
})
