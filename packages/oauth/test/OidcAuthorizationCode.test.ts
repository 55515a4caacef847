/** A login in a browser (RFC 6749 section 4.1, RFC 7636, RFC 8252) at `oidc-provider`, through the server's own pages. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { AuthorizationCode } from "@daybook/oauth/AuthorizationCode"
import type { AuthorizationRequest } from "@daybook/oauth/AuthorizationRequest"
import { responseInPasted } from "@daybook/oauth/AuthorizationResponse"
import type { Provider, ProviderOptions } from "@daybook/oauth/Provider"
import { listen, type LoopbackRedirect } from "@daybook/oauth/RedirectListener"
import * as Oidc from "./support/OidcLogin.ts"
import { OidcServer } from "./support/OidcServer.ts"

const redirect: LoopbackRedirect = { kind: "loopback", host: "127.0.0.1", path: "/callback" }
/** The server gives a refresh token only if the person was asked for it. */
const native = { clientId: "native", redirect, nonce: true, authorizationParameters: { prompt: "consent" } } as const

/** The server, a program that waits, and a person who was shown the address. */
const begun = Effect.fnUntraced(function* (options: Partial<ProviderOptions> = {}) {
  const server = yield* OidcServer
  const provider = server.provider({ ...native, ...options })
  const listener = yield* listen(redirect)
  const request = yield* authorize(provider, listener.redirectUri)
  return { server, provider, listener, request }
})

const authorize = Effect.fnUntraced(function* (provider: Provider, redirectUri: string) {
  const answer = yield* AuthorizationCode.use((flow) => flow.authorize(provider, redirectUri, Oidc.limit))
  return answer._tag === "Authorizing" ? answer : assert.fail(JSON.stringify(answer))
})

const exchange = (provider: Provider, request: AuthorizationRequest, code: Redacted.Redacted<string>) =>
  AuthorizationCode.use((flow) => flow.exchange(provider, request, code, Oidc.limit))

/** The person approves, and the code comes by the browser. */
const approved = Effect.gen(function* () {
  const { listener, provider, request, server } = yield* begun()
  const waiting = yield* Effect.forkScoped(listener.response(request))
  yield* Effect.yieldNow
  const words = yield* server.open(request.url, "approve")
  const response = yield* Fiber.join(waiting)
  if (response._tag !== "Code") return assert.fail(JSON.stringify(response))
  return { provider, request, words, code: response.code }
})

layer(Layer.merge(Oidc.layer, AuthorizationCode.layer), { excludeTestServices: true })("oidc-provider", (it) => {
  describe("a login in a browser", () => {
    it.effect("ends with tokens that can be refreshed, once the person has approved", () =>
      Effect.gen(function* () {
        const { code, provider, request, words } = yield* approved
        assert.include(words, "Answer received")
        const answer = yield* exchange(provider, request, code)
        if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer))
        assert.hasAllKeys(answer.tokens, ["access", "refresh", "idToken", "expiresAt", "loggedInAt", "refreshedAt"])
        assert.strictEqual((yield* Oidc.refresh(provider, answer.tokens.refresh!))._tag, "Granted")
      })
    )

    it.effect("shows nothing of the code on the page that the browser ends at", () =>
      Effect.gen(function* () {
        const { code, request, words } = yield* approved
        for (const secret of [code, request.state, request.verifier]) assert.notInclude(words, Redacted.value(secret))
      })
    )

    it.effect("ends without tokens when the person says no", () =>
      Effect.gen(function* () {
        const { listener, request, server } = yield* begun()
        const waiting = yield* Effect.forkScoped(listener.response(request))
        yield* Effect.yieldNow
        assert.include(yield* server.open(request.url, "deny"), "No login")
        assert.deepStrictEqual(yield* Fiber.join(waiting), { _tag: "AccessDenied" })
      })
    )

    it.effect("is known by its verifier: with another one the code is refused", () =>
      Effect.gen(function* () {
        const { code, provider, request } = yield* approved
        const answer = yield* exchange(provider, { ...request, verifier: Redacted.make("x".repeat(43)) }, code)
        if (answer._tag !== "Refused") return assert.fail(answer._tag)
        assert.deepInclude(answer.evidence, { status: 400, code: "invalid_grant", left: true })
      })
    )

    it.effect("takes a code once", () =>
      Effect.gen(function* () {
        const { code, provider, request } = yield* approved
        yield* exchange(provider, request, code)
        const again = yield* exchange(provider, request, code)
        if (again._tag !== "Refused") return assert.fail(again._tag)
        assert.deepInclude(again.evidence, { status: 400, code: "invalid_grant" })
      })
    )

    it.effect("does not take an id token that was made for another login", () =>
      Effect.gen(function* () {
        const { code, provider, request } = yield* approved
        const other = { ...request, nonce: Redacted.make("another") }
        assert.deepStrictEqual(yield* exchange(provider, other, code), { _tag: "WrongNonce" })
      })
    )

    it.effect("believes no other issuer than the one it asked", () =>
      Effect.gen(function* () {
        const { issuer } = yield* OidcServer
        const addresses = { tokenEndpoint: `${issuer}/token`, authorizationEndpoint: `${issuer}/auth` }
        const { listener, request, server } = yield* begun({ ...addresses, issuer: "https://elsewhere.example" })
        const waiting = yield* Effect.forkScoped(listener.response(request))
        yield* Effect.yieldNow
        yield* server.open(request.url, "approve")
        assert.deepStrictEqual(yield* Fiber.join(waiting), { _tag: "WrongIssuer" })
      })
    )

    it.effect("works by hand too: the person pastes the address at which the browser ended", () =>
      Effect.gen(function* () {
        const server = yield* OidcServer
        const provider = server.provider(native)
        const request = yield* authorize(provider, "http://127.0.0.1:9/callback")
        const failed = yield* server
          .open(request.url, "approve")
          .pipe(Effect.catchDefect((defect) => Effect.succeed(String(defect))))
        assert.include(failed, "fetch failed")
        const address = yield* server.lastRedirect
        const response = responseInPasted(request, ` ${address}\n`)
        if (response._tag !== "Code") return assert.fail(response._tag)
        assert.strictEqual((yield* exchange(provider, request, response.code))._tag, "Granted")
      })
    )
  })
})
