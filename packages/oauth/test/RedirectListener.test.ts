/** The listener that a browser comes back to, over real sockets. */
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Redacted, Scope } from "effect"
import { authorizationRequest } from "@daybook/oauth/AuthorizationRequest"
import { listen, type LoopbackRedirect } from "@daybook/oauth/RedirectListener"

const redirect: LoopbackRedirect = { kind: "loopback", host: "127.0.0.1", path: "/callback" }

const waiting = Effect.fnUntraced(function* (options: Partial<LoopbackRedirect> = {}) {
  const listener = yield* listen({ ...redirect, ...options })
  const request = authorizationRequest(
    { clientId: "client-1" },
    {
      endpoint: "https://as.example/authorize",
      redirectUri: listener.redirectUri,
      state: Redacted.make("mine"),
      verifier: Redacted.make("verifier"),
      issuer: "https://as.example",
      namesIssuer: false
    }
  )
  const ignored = yield* Deferred.make<void>()
  const fiber = yield* Effect.forkScoped(
    listener.response(request, Effect.asVoid(Deferred.succeed(ignored, undefined)))
  )
  yield* Effect.yieldNow
  const visit = (query: string, init: RequestInit = {}) =>
    Effect.promise(async () => {
      const response = await fetch(`${listener.redirectUri}${query}`, init)
      return { status: response.status, headers: response.headers, text: await response.text() }
    })
  return { listener, fiber, ignored, visit, port: Number(new URL(listener.redirectUri).port) }
})

describe("a listener for a browser's answer", () => {
  it.live("answers its own path and hands over the code", () =>
    Effect.gen(function* () {
      const { fiber, visit } = yield* waiting()
      const page = yield* visit("?code=c-1&state=mine")
      const response = yield* Fiber.join(fiber)
      assert.strictEqual(response._tag === "Code" && Redacted.value(response.code), "c-1")
      assert.strictEqual(page.status, 200)
      assert.notMatch(page.text, /c-1|mine|<script|http/)
      assert.include(page.headers.get("content-security-policy"), "default-src 'none'")
    })
  )

  it.live("turns a bare visit away with 400 and waits on", () =>
    Effect.gen(function* () {
      const { fiber, visit } = yield* waiting()
      assert.strictEqual((yield* visit("")).status, 400)
      assert.strictEqual((yield* visit("?code=c-2&state=mine")).status, 200)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Code")
    })
  )

  it.live("ignores the answer to another login, says so at once, and waits on", () =>
    Effect.gen(function* () {
      const { fiber, ignored, visit } = yield* waiting()
      assert.strictEqual((yield* visit("?code=evil&state=theirs")).status, 400)
      yield* Deferred.await(ignored)
      yield* visit("?code=c-1&state=mine")
      const response = yield* Fiber.join(fiber)
      assert.strictEqual(response._tag === "Code" && Redacted.value(response.code), "c-1")
    })
  )

  it.live("takes the first answer only", () =>
    Effect.gen(function* () {
      const { fiber, visit } = yield* waiting()
      yield* visit("?error=access_denied&state=mine")
      assert.strictEqual((yield* visit("?code=c-1&state=mine")).status, 400)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "AccessDenied")
    })
  )

  it.live("serves no other path and no other method", () =>
    Effect.gen(function* () {
      const { listener, visit } = yield* waiting()
      const elsewhere = yield* Effect.promise(() => fetch(new URL("/other?code=c&state=mine", listener.redirectUri)))
      assert.strictEqual(elsewhere.status, 404)
      assert.strictEqual((yield* visit("?code=c&state=mine", { method: "POST" })).status, 405)
    })
  )

  it.live("serves nobody who took it for another host", () =>
    Effect.gen(function* () {
      const { fiber, port } = yield* waiting()
      const answer = yield* raw(port, "GET /callback?code=c&state=mine HTTP/1.1\r\nhost: evil.example\r\n\r\n")
      assert.match(answer, /^HTTP\/1\.1 400 /)
      assert.strictEqual(fiber.pollUnsafe(), undefined)
    })
  )

  it.live("lets only the pages that the provider named read its answer", () =>
    Effect.gen(function* () {
      const { visit } = yield* waiting({ origins: ["https://accounts.as.example"] })
      const allowed = yield* visit("", { method: "OPTIONS", headers: { origin: "https://accounts.as.example" } })
      const other = yield* visit("", { method: "OPTIONS", headers: { origin: "https://evil.example" } })
      assert.strictEqual(allowed.headers.get("access-control-allow-origin"), "https://accounts.as.example")
      assert.isNull(other.headers.get("access-control-allow-origin"))
    })
  )

  it.live("is not held up by a connection on which nobody speaks", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { fiber, port, visit } = yield* Scope.provide(waiting(), scope)
      const silent = yield* Effect.callback<ReturnType<typeof connect>>((resume) => {
        const socket = connect(port, "127.0.0.1", () => resume(Effect.succeed(socket)))
        socket.on("error", () => {})
      })
      silent.write("GET /callback?code=")
      yield* visit("?code=c-1&state=mine")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Code")
      const gone = new Promise((resolve) => silent.once("close", resolve))
      yield* Scope.close(scope, Exit.void)
      yield* Effect.promise(() => gone)
    })
  )

  it.live("names the port that is in use", () =>
    Effect.gen(function* () {
      const { port } = yield* waiting()
      const error = yield* Effect.flip(Effect.scoped(listen({ ...redirect, port })))
      assert.deepInclude(error, { reason: "PortInUse", port })
      assert.include(error.message, String(port))
    })
  )

  it.live("lets go of its port", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.scoped(waiting())
      yield* Effect.scoped(listen({ ...redirect, port }))
    })
  )

  it.live("by the name localhost is found on both of its addresses", () =>
    Effect.gen(function* () {
      const { fiber, port } = yield* waiting({ host: "localhost" })
      const request = `GET /callback?code=c-6&state=mine HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`
      assert.match(yield* raw(port, request, "::1"), /^HTTP\/1\.1 200 /)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Code")
    })
  )
})

/** Everything that the listener answers before it closes the connection. */
const raw = (port: number, request: string, host = "127.0.0.1") =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, host, () => socket.write(request))
    let answer = ""
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text))
    socket.once("close", () => resume(Effect.succeed(answer)))
    socket.once("error", (error) => resume(Effect.die(error)))
  })
