/** What a device flow makes of answers that `oidc-provider` never gives; the server is a real one, and ours. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Started } from "@daybook/oauth/DeviceAnswer"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { defineProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { copilot } from "@daybook/oauth/providers/Copilot"
import { answerJson, freePort, httpServer, type TestServer } from "./support/Server.ts"

const authorization = {
  device_code: "device-code-1",
  user_code: "WDJB-MJHT",
  verification_uri: "https://as.example/device",
  expires_in: 900
}

const serverAt = (origin: string): Provider =>
  oauth2({ id: "as", tokenEndpoint: `${origin}/token`, deviceEndpoint: `${origin}/device`, clientId: "client-1" })

const start = (provider: Provider) =>
  DeviceFlow.use((flow) => flow.start(provider, { timeLimitMillis: 10_000 })).pipe(Effect.provide(DeviceFlow.layer))

const startAt = (server: TestServer) => start(serverAt(server.origin))

const startedAt = Effect.fnUntraced(function* (server: TestServer) {
  const answer = yield* startAt(server)
  return answer._tag === "Started" ? answer : assert.fail(JSON.stringify(answer))
})

const poll = (provider: Provider, started: Started) =>
  DeviceFlow.use((flow) => flow.poll(provider, started, { timeLimitMillis: 10_000 })).pipe(
    Effect.provide(DeviceFlow.layer)
  )

/** Starts a flow, and polls once at a server that answers so. */
const polled = Effect.fnUntraced(function* (status: number, body: unknown) {
  const server = yield* httpServer((response, { body: sent }) =>
    sent.includes("device_code") ? answerJson(status, body)(response) : answerJson(200, authorization)(response)
  )
  const answer = yield* poll(serverAt(server.origin), yield* startedAt(server))
  return { answer, server }
})

describe("the device authorization request", () => {
  it.live("names the client and the scope", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, authorization))
      yield* start({ ...serverAt(server.origin), scope: "a b" })
      assert.deepStrictEqual(
        server.requests.map(({ body }) => body),
        ["client_id=client-1&scope=a+b"]
      )
    })
  )

  it.live("has the server's own interval, if it names one", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, { ...authorization, interval: 2 }))
      assert.strictEqual((yield* startedAt(server)).intervalMillis, 2_000)
    })
  )

  for (const [what, wrong] of [
    ["no device code", { device_code: undefined }],
    ["no user code", { user_code: "" }],
    ["a user code that would move a terminal's cursor", { user_code: "AB\u001B[2J" }],
    ["no end", { expires_in: undefined }],
    ["a page in clear", { verification_uri: "http://as.example/device" }],
    ["a page that is a program", { verification_uri: "javascript:alert(1)" }],
    ["an error", { error: "invalid_scope" }]
  ] as const) {
    it.live(`is refused if its answer holds ${what}`, () =>
      Effect.gen(function* () {
        const server = yield* httpServer(answerJson(200, { ...authorization, ...wrong }))
        const answer = yield* startAt(server)
        if (answer._tag !== "Refused") return assert.fail(answer._tag)
        assert.deepInclude(answer.evidence, { status: 200, body: "json", left: true })
      })
    )
  }

  it.live("never leaves for an endpoint in clear, though nobody checked the definition", () =>
    Effect.gen(function* () {
      const answer = yield* start({
        ...serverAt("https://as.example"),
        deviceEndpoint: "http://as.example/device"
      })
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.deepStrictEqual(answer.evidence, { fault: "insecure-endpoint", left: false })
    })
  )

  it.live("met a port on which nobody listens", () =>
    Effect.gen(function* () {
      const answer = yield* start(serverAt(`http://127.0.0.1:${yield* freePort}`))
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.deepStrictEqual(answer.evidence, { fault: "ECONNREFUSED", left: false })
    })
  )

  it.live("is not made of a provider without such an endpoint", () =>
    Effect.gen(function* () {
      const provider = defineProvider({ id: "p", tokenEndpoint: "https://as.example/token" })
      assert.deepStrictEqual(yield* start(provider), { _tag: "Unsupported" })
    })
  )

  it.live("is not made of a provider that exchanges tokens", () =>
    Effect.gen(function* () {
      const provider = providerAt(copilot, `http://127.0.0.1:${yield* freePort}`)
      assert.deepStrictEqual(yield* start(provider), { _tag: "Unsupported" })
    })
  )
})

describe("a poll", () => {
  it.live("is one POST with the device code and the client", () =>
    Effect.gen(function* () {
      const { server } = yield* polled(400, { error: "authorization_pending" })
      assert.strictEqual(
        server.requests[1]?.body,
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=device-code-1&client_id=client-1"
      )
      assert.strictEqual(server.connections(), 2)
    })
  )

  it.live("that came too early asks for five seconds more", () =>
    Effect.gen(function* () {
      const { answer } = yield* polled(400, { error: "slow_down" })
      assert.deepStrictEqual(answer, { _tag: "SlowDown", intervalMillis: 10_000 })
    })
  )

  it.live("may be answered with an error under 200, as GitHub does", () =>
    Effect.gen(function* () {
      const { answer } = yield* polled(200, { error: "authorization_pending" })
      assert.deepStrictEqual(answer, { _tag: "AuthorizationPending" })
    })
  )

  it.live("is not made of a provider that exchanges tokens", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, authorization))
      const started = yield* startedAt(server)
      const answer = yield* poll({ ...serverAt(server.origin), grantType: "exchange" }, started)
      assert.deepStrictEqual(answer, { _tag: "Unsupported" })
      assert.strictEqual(server.requests.length, 1)
    })
  )

  it.live("that is refused leaves no device code in the evidence", () =>
    Effect.gen(function* () {
      const { answer } = yield* polled(400, { error: "invalid_grant", error_description: "bad code device-code-1" })
      if (answer._tag !== "Refused") return assert.fail(answer._tag)
      assert.deepInclude(answer.evidence, { code: "invalid_grant", message: "bad code ***" })
    })
  )
})
