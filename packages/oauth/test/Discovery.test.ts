import { assert, describe, it } from "@effect/vitest"
import type { ServerResponse } from "node:http"
import { Clock, Effect, Redacted } from "effect"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { InvalidProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { type TokenAnswer, TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import { documentUrl, metadataIn } from "../src/internal/Discover.ts"
import { overHttp, verdictOn } from "./support/OverHttp.ts"
import { httpServer, type Seen } from "./support/Server.ts"

const tokenEndpoint = (provider: Provider) =>
  typeof provider.tokenEndpoint === "string" ? assert.fail("not discovered") : provider.tokenEndpoint

const faultOf = (answer: TokenAnswer): string | undefined =>
  answer._tag === "Granted" ? "granted" : answer.evidence.left ? "it left" : answer.evidence.fault

describe("what xAI's issuer says", () => {
  const discovery = tokenEndpoint(xaiOAuth)
  const document = (token_endpoint: unknown, issuer: unknown = "https://auth.x.ai") => ({ issuer, token_endpoint })

  it.each(["https://auth.x.ai/oauth2/token", "https://accounts.x.ai/oauth2/token", "https://x.ai/token"])(
    "is believed on x.ai: %s",
    (url) => {
      assert.strictEqual(metadataIn(discovery, document(url))._tag, "Success")
    }
  )

  it.each([
    "http://auth.x.ai/oauth2/token",
    "https://evilx.ai/oauth2/token",
    "https://x.ai.evil.example/oauth2/token",
    "https://auth.x.ai@evil.example/oauth2/token",
    "https://user:password@auth.x.ai/oauth2/token",
    "http://127.0.0.1/oauth2/token",
    "/oauth2/token",
    "",
    null,
    7
  ])("is believed nowhere else: %s", (url) => {
    assert.strictEqual(metadataIn(discovery, document(url))._tag, "Failure")
  })

  it.each(["https://evil.example", "https://auth.x.ai.evil.example", "", undefined, 7])(
    "is not believed in the name of another issuer: %s",
    (issuer) => {
      assert.strictEqual(metadataIn(discovery, { issuer, token_endpoint: "https://auth.x.ai/token" })._tag, "Failure")
    }
  )

  it("is asked for where each kind of document has its place", () => {
    assert.strictEqual(documentUrl(discovery), "https://auth.x.ai/.well-known/openid-configuration")
    const tenant = { issuer: "https://as.example/tenant/", hosts: ["as.example"] }
    assert.strictEqual(
      documentUrl({ ...tenant, document: "oauth" }),
      "https://as.example/.well-known/oauth-authorization-server/tenant"
    )
    assert.strictEqual(
      documentUrl({ ...tenant, document: "openid" }),
      "https://as.example/tenant/.well-known/openid-configuration"
    )
  })
})

describe("a token endpoint that is discovered", () => {
  it.live("is asked for once in an hour, and then used", () =>
    Effect.gen(function* () {
      const { login, provider, sandbox } = yield* overHttp(xaiOAuth, "xai")
      const endpoint = yield* TokenEndpoint
      const first = yield* endpoint.refresh(provider, Redacted.make(login.refresh_token), { timeLimitMillis: 5_000 })
      yield* sandbox.discovery({ status: 500 })
      const next = first._tag === "Granted" ? first.tokens.refresh : undefined
      const second = yield* endpoint.refresh(provider, next!, { timeLimitMillis: 5_000 })
      assert.deepStrictEqual([first._tag, second._tag], ["Granted", "Granted"])
    }).pipe(Effect.provide(TokenEndpoint.layer))
  )

  it.live("is asked for by RFC 8414 where only the issuer is known", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ dialect: "generic" })
      const provider = oauth2({ id: "as", issuer: sandbox.origin })
      const answer = yield* TokenEndpoint.use((endpoint) =>
        endpoint.refresh(provider, Redacted.make(login.refresh_token), { timeLimitMillis: 5_000 })
      )
      assert.strictEqual(answer._tag, "Granted")
    }).pipe(Effect.provide(TokenEndpoint.layer))
  )

  it.live("gets nothing if it is named on another host, or in another's name", () =>
    Effect.gen(function* () {
      const over = yield* overHttp(xaiOAuth, "xai")
      const now = yield* Clock.currentTimeMillis
      const foreign = over.sandbox.trapOrigin.replace("127.0.0.1", "localhost")
      for (const said of [
        { tokenEndpoint: `${foreign}/oauth2/token` },
        { tokenEndpoint: "https://evil.example/oauth2/token" },
        { issuer: "https://evil.example" }
      ]) {
        yield* over.sandbox.discovery(said)
        const answer = yield* over.refresh(over.login.refresh_token)
        assert.strictEqual(faultOf(answer), "discovery-invalid")
        assert.strictEqual(verdictOn(over, answer, now), "Transient Misconfigured")
      }
      assert.deepStrictEqual(yield* over.sandbox.trapped, [])
      assert.deepStrictEqual(yield* over.sandbox.journal, [])
    })
  )

  it.live("is sent no token that is left too little time, and gets it the next time", () =>
    Effect.gen(function* () {
      let posts = 0
      const answer = (response: ServerResponse, { method }: Seen) => {
        if (method === "POST") posts += 1
        const body =
          method === "POST" ? { access_token: "at-2" } : { issuer: origin, token_endpoint: `${origin}/token` }
        const late = method === "POST" ? 0 : 800
        setTimeout(() => response.end(JSON.stringify(body)), late)
      }
      const server = yield* httpServer(answer)
      const origin = server.origin
      const provider = oauth2({ id: "as", issuer: origin })
      const endpoint = yield* TokenEndpoint
      const refresh = endpoint.refresh(provider, Redacted.make("rt-1"), { timeLimitMillis: 1_000 })
      assert.strictEqual(faultOf(yield* refresh), "discovery-failed")
      assert.strictEqual(posts, 0)
      const patient = endpoint.refresh(provider, Redacted.make("rt-1"), { timeLimitMillis: 4_000 })
      assert.strictEqual((yield* patient)._tag, "Granted")
      assert.strictEqual((yield* refresh)._tag, "Granted")
      assert.strictEqual(posts, 2)
    }).pipe(Effect.provide(TokenEndpoint.layer))
  )

  it.live("is tried again later if the issuer does not answer as it should", () =>
    Effect.gen(function* () {
      const over = yield* overHttp(xaiOAuth, "xai")
      const now = yield* Clock.currentTimeMillis
      for (const said of [{ status: 503 }, { body: "<html>" }, { body: "[]" }, { status: 307 }]) {
        yield* over.sandbox.discovery(said)
        const answer = yield* over.refresh(over.login.refresh_token)
        assert.strictEqual(faultOf(answer), "discovery-failed")
        assert.strictEqual(verdictOn(over, answer, now), "Transient Network")
      }
      yield* over.sandbox.discovery({})
      assert.strictEqual((yield* over.refresh(over.login.refresh_token))._tag, "Granted")
    })
  )

  it("needs hosts, and an issuer whose answer cannot be changed on its way", () => {
    const refusal = (issuer: string, hosts: ReadonlyArray<string>) => {
      try {
        oauth2({ id: "as", tokenEndpoint: { issuer, document: "oauth", hosts } })
      } catch (error) {
        if (error instanceof InvalidProvider) return error.reason
      }
      return undefined
    }
    assert.strictEqual(refusal("https://as.example", []), "Unpinned")
    assert.strictEqual(refusal("http://as.example", ["as.example"]), "Insecure")
    assert.strictEqual(refusal("as.example", ["as.example"]), "Malformed")
  })
})

it.each([xaiOAuth, openAiCodex])("$id, when moved, leaves none of its addresses behind", (provider) => {
  const moved = JSON.stringify({ ...providerAt(provider, "http://127.0.0.1:9"), identity: {}, apiHeaders: {} })
  const addresses = Array.from(moved.matchAll(/https?:\/\/[^"/]+/g), ([address]) => address)
  assert.deepStrictEqual([...new Set(addresses)], ["http://127.0.0.1:9"])
})
