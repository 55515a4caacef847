import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Redacted, Tracer } from "effect"
import { classifyToken } from "@daybook/oauth/Classify"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { defineProvider, type Provider, providerAt } from "@daybook/oauth/Provider"
import { type Refused, type TokenAnswer, TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import { answerJson, freePort, httpServer, tcpServer } from "./support/Server.ts"

const sent = "rt 1/+=&"
const granted = { access_token: "at-2", refresh_token: "rt-2", expires_in: 3600 }

const serverAt = (origin: string): Provider =>
  oauth2({ id: "as", tokenEndpoint: `${origin}/oauth/token`, clientId: "client-1" })

const refresh = (provider: Provider, timeLimitMillis = 10_000): Effect.Effect<TokenAnswer> =>
  TokenEndpoint.use((endpoint) => endpoint.refresh(provider, Redacted.make(sent), { timeLimitMillis })).pipe(
    Effect.provide(TokenEndpoint.layer)
  )

const refusalOf = (answer: TokenAnswer): Refused =>
  answer._tag === "Refused" ? answer : assert.fail("the answer was taken as a success")

const reasonOf = (provider: Provider, answer: TokenAnswer): string =>
  classifyToken(provider, refusalOf(answer).evidence, Date.now()).reason

describe("the request", () => {
  it.live("is one POST with a form-encoded body", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted))
      yield* refresh(serverAt(server.origin))
      assert.strictEqual(server.requests.length, 1)
      const [{ body, headers, method }] = server.requests as [(typeof server.requests)[0]]
      assert.strictEqual(method, "POST")
      assert.strictEqual(body, "grant_type=refresh_token&refresh_token=rt+1%2F%2B%3D%26&client_id=client-1")
      assert.strictEqual(headers["content-type"], "application/x-www-form-urlencoded")
      assert.strictEqual(headers.accept, "application/json")
    })
  )

  it.live("is JSON, with a scope and headers, for a provider that wants it so", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted))
      const tokenEndpoint = `${server.origin}/t`
      yield* refresh(
        defineProvider({ id: "p", tokenEndpoint, encoding: "json", scope: "a b", headers: { "x-a": "1" } })
      )
      const [{ body, headers }] = server.requests as [(typeof server.requests)[0]]
      assert.strictEqual(body, `{"grant_type":"refresh_token","refresh_token":${JSON.stringify(sent)},"scope":"a b"}`)
      assert.strictEqual(headers["content-type"], "application/json")
      assert.strictEqual(headers["x-a"], "1")
    })
  )

  it.live("carries no trace of its caller, and leaves nothing in its span but whose it is and what came of it", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted))
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const provider = serverAt(server.origin)
      yield* refresh(provider).pipe(Effect.withSpan("caller"), Effect.withTracer(tracer))
      assert.deepStrictEqual(
        spans.map((span) => [span.name, [...span.attributes]]),
        [
          ["caller", []],
          [
            "TokenEndpoint.refresh",
            [
              ["provider", provider.id],
              ["answer", "granted"]
            ]
          ]
        ]
      )
      const { headers } = server.requests[0]!
      assert.deepStrictEqual(
        Object.keys(headers).filter((name) => /trace|b3|baggage/.test(name)),
        []
      )
    })
  )

  it.live("has a connection of its own each time", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted))
      for (let time = 0; time < 3; time++) yield* refresh(serverAt(server.origin))
      assert.strictEqual(server.requests.length, 3)
      assert.strictEqual(server.connections(), 3)
    })
  )

  it.live("is not sent to an endpoint in clear, though nobody checked the definition", () =>
    Effect.gen(function* () {
      const provider = { ...serverAt("https://as.example"), tokenEndpoint: "http://as.example/token" }
      const answer = yield* refresh(provider)
      assert.deepStrictEqual(refusalOf(answer).evidence, { fault: "insecure-endpoint", left: false })
      assert.strictEqual(reasonOf(provider, answer), "Misconfigured")
    })
  )

  it.live("that cannot be written never leaves", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted))
      const provider = { ...serverAt(server.origin), headers: { "x-a": "1\r\nx-b: 2" } }
      assert.strictEqual(reasonOf(provider, yield* refresh(provider)), "Misconfigured")
      assert.strictEqual(server.connections(), 0)
    })
  )
})

describe("a success", () => {
  it.live("carries the rotated pair", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted, { "x-request-id": "req-1" }))
      const before = Date.now()
      const answer = yield* refresh(providerAt(openAiCodex, server.origin))
      if (answer._tag === "Refused") return assert.fail(JSON.stringify(answer.evidence))
      assert.isTrue(answer.rotated)
      assert.strictEqual(answer.requestId, "req-1")
      assert.strictEqual(Redacted.value(answer.tokens.access!), "at-2")
      assert.strictEqual(Redacted.value(answer.tokens.refresh!), "rt-2")
      assert.isAtLeast(answer.tokens.expiresAt ?? 0, before + 3_600_000)
      assert.isAtMost(answer.tokens.expiresAt ?? 0, Date.now() + 3_600_000)
      assert.notInclude(JSON.stringify(answer), "-2")
    })
  )

  it.live("without a refresh token says so", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, { access_token: "at-2" }))
      const answer = yield* refresh(serverAt(server.origin))
      assert.isTrue(answer._tag === "Granted" && !answer.rotated && answer.tokens.refresh === undefined)
    })
  )

  it.live("that is none hands its refresh token back", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, { refresh_token: "rt-2" }))
      const answer = refusalOf(yield* refresh(serverAt(server.origin)))
      assert.deepStrictEqual(answer.evidence, { status: 200, body: "json", successor: true, left: true })
      assert.strictEqual(Redacted.value(answer.successor!.refresh!), "rt-2")
    })
  )
})

describe("a refusal", () => {
  it.live("is evidence without what was sent", () =>
    Effect.gen(function* () {
      const server = yield* httpServer((response, { body }) =>
        answerJson(400, { error: "invalid_grant", error_description: `Not good: ${sent}, ${body}` })(response)
      )
      const { evidence } = refusalOf(yield* refresh(serverAt(server.origin)))
      assert.deepStrictEqual(evidence, {
        status: 400,
        code: "invalid_grant",
        message: "Not good: ***, grant_type=refresh_token&refresh_token=***&client_id=client-1",
        body: "json",
        left: true
      })
    })
  )

  it.live("is a redirect, and nobody follows it", () =>
    Effect.gen(function* () {
      const elsewhere = yield* httpServer(answerJson(200, granted))
      const server = yield* httpServer((response) => {
        response.writeHead(307, { location: `${elsewhere.origin}/oauth/token` }).end()
      })
      const provider = serverAt(server.origin)
      const answer = yield* refresh(provider)
      assert.strictEqual(refusalOf(answer).evidence.status, 307)
      assert.strictEqual(reasonOf(provider, answer), "EdgeBlocked")
      assert.strictEqual(elsewhere.connections(), 0)
    })
  )
})

describe("a request that never left", () => {
  it.live("met a port on which nobody listens", () =>
    Effect.gen(function* () {
      const provider = serverAt(`http://127.0.0.1:${yield* freePort}`)
      const answer = yield* refresh(provider)
      assert.deepStrictEqual(refusalOf(answer).evidence, { fault: "ECONNREFUSED", left: false })
      assert.strictEqual(reasonOf(provider, answer), "Network")
    })
  )

  it.live("met a server that cannot speak TLS", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, granted))
      const provider = serverAt(`https://127.0.0.1:${server.port}`)
      const answer = yield* refresh(provider)
      assert.isFalse(refusalOf(answer).evidence.left)
      assert.strictEqual(reasonOf(provider, answer), "Network")
      assert.strictEqual(server.requests.length, 0)
    })
  )

  it.live("was reset in the TLS handshake", () =>
    Effect.gen(function* () {
      const port = yield* tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()))
      const provider = serverAt(`https://127.0.0.1:${port}`)
      const answer = yield* refresh(provider)
      assert.deepStrictEqual(refusalOf(answer).evidence, { fault: "ECONNRESET", left: false })
      assert.strictEqual(reasonOf(provider, answer), "Network")
    })
  )

  it.live("met a handshake that never ends, within the time limit", () =>
    Effect.gen(function* () {
      const port = yield* tcpServer((socket) => socket.resume())
      const provider = serverAt(`https://127.0.0.1:${port}`)
      const answer = yield* refresh(provider, 200)
      assert.isFalse(refusalOf(answer).evidence.left)
      assert.strictEqual(reasonOf(provider, answer), "Network")
      assert.isBelow(answer.durationMillis, 2000)
    })
  )
})

describe("a request whose outcome nobody knows", () => {
  it.live("was reset before an answer, and was sent once", () =>
    Effect.gen(function* () {
      const server = yield* httpServer((response) => response.socket?.resetAndDestroy())
      const provider = serverAt(server.origin)
      const answer = yield* refresh(provider)
      assert.isTrue(refusalOf(answer).evidence.left)
      assert.strictEqual(reasonOf(provider, answer), "OutcomeUnknown")
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(server.connections(), 1)
    })
  )

  it.live("was closed before an answer, and was sent once", () =>
    Effect.gen(function* () {
      const server = yield* httpServer((response) => response.socket?.end())
      const provider = serverAt(server.origin)
      assert.strictEqual(reasonOf(provider, yield* refresh(provider)), "OutcomeUnknown")
      assert.strictEqual(server.connections(), 1)
    })
  )

  it.live("was closed as soon as it was connected, and was sent once", () =>
    Effect.gen(function* () {
      let connections = 0
      const port = yield* tcpServer((socket) => {
        connections += 1
        socket.destroy()
      })
      const provider = serverAt(`http://127.0.0.1:${port}`)
      assert.strictEqual(reasonOf(provider, yield* refresh(provider)), "OutcomeUnknown")
      assert.strictEqual(connections, 1)
    })
  )

  it.live("was not answered within the time limit", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(() => undefined)
      const provider = serverAt(server.origin)
      const answer = yield* refresh(provider, 200)
      assert.deepStrictEqual(refusalOf(answer).evidence, { fault: "timeout", left: true })
      assert.strictEqual(reasonOf(provider, answer), "OutcomeUnknown")
      assert.isAtLeast(answer.durationMillis, 190)
      assert.isBelow(answer.durationMillis, 2000)
      assert.strictEqual(server.requests.length, 1)
    })
  )

  it.live("was answered in part within the time limit", () =>
    Effect.gen(function* () {
      const server = yield* httpServer((response) => response.writeHead(200).write('{"access_token":"at-2"'))
      const provider = serverAt(server.origin)
      assert.strictEqual(reasonOf(provider, yield* refresh(provider, 200)), "OutcomeUnknown")
    })
  )

  it.live.each([
    { "content-length": "100", "content-type": "application/json" },
    { "transfer-encoding": "chunked", "content-type": "application/json" }
  ])("was answered with a body that was cut: %j", (headers) =>
    Effect.gen(function* () {
      const server = yield* httpServer((response) => {
        response.writeHead(400, headers).write('{"error":"invalid_grant"}', () => response.destroy())
      })
      const provider = serverAt(server.origin)
      const answer = yield* refresh(provider)
      assert.deepStrictEqual(refusalOf(answer).evidence, { status: 400, fault: "body-cut", left: true })
      assert.strictEqual(reasonOf(provider, answer), "OutcomeUnknown")
    })
  )

  it.live("was answered with two mebibytes", () =>
    Effect.gen(function* () {
      const server = yield* httpServer(answerJson(200, { ...granted, pad: "x".repeat(2 * 1024 * 1024) }))
      const provider = serverAt(server.origin)
      const answer = yield* refresh(provider)
      assert.deepStrictEqual(refusalOf(answer).evidence, { status: 200, unread: true, left: true })
      assert.strictEqual(reasonOf(provider, answer), "OutcomeUnknown")
    })
  )
})

describe("a caller who is interrupted", () => {
  const answerLater = Effect.gen(function* () {
    const arrived = yield* Deferred.make<() => void>()
    const server = yield* httpServer((response) => {
      Deferred.doneUnsafe(
        arrived,
        Effect.succeed(() => answerJson(200, granted)(response))
      )
    })
    return { server, arrived: Deferred.await(arrived) }
  })

  it.live("waits for the answer instead of cutting it off", () =>
    Effect.gen(function* () {
      const { arrived, server } = yield* answerLater
      const other = yield* httpServer(answerJson(200, granted))
      const fiber = yield* Effect.forkChild(refresh(serverAt(server.origin)))
      const answer = yield* arrived
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      yield* refresh(serverAt(other.origin))
      assert.isUndefined(fiber.pollUnsafe())
      answer()
      yield* Fiber.join(interruption)
      assert.strictEqual(server.finished(), 1)
    })
  )

  it.live("has the answer, if what keeps it may not be interrupted either", () =>
    Effect.gen(function* () {
      const { arrived, server } = yield* answerLater
      const kept: Array<TokenAnswer> = []
      const fiber = yield* refresh(serverAt(server.origin)).pipe(
        Effect.tap((answer) => Effect.sync(() => kept.push(answer))),
        Effect.uninterruptible,
        Effect.forkChild
      )
      const answer = yield* arrived
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      answer()
      yield* Fiber.join(interruption)
      assert.deepStrictEqual(
        kept.map((answer) => answer._tag),
        ["Granted"]
      )
    })
  )
})
