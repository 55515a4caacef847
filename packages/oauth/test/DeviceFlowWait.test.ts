/** How long a device waits between two polls, and when it stops. Waiting takes no time here: the clock moves. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Fiber, Redacted } from "effect"
import type { Outcome, Started } from "@daybook/oauth/DeviceAnswer"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import { oauth2 } from "@daybook/oauth/OAuth2"
import type { Provider } from "@daybook/oauth/Provider"
import * as PassingClock from "./support/PassingClock.ts"
import { answerJson, freePort, httpServer, type Seen } from "./support/Server.ts"

type Answer = (response: Parameters<ReturnType<typeof answerJson>>[0], seen: Seen) => void

const granted = answerJson(200, { access_token: "at-1", refresh_token: "rt-1", expires_in: 3600 })
const pending = answerJson(400, { error: "authorization_pending" })
const slowDown = answerJson(400, { error: "slow_down" })

const serverAt = (origin: string): Provider => oauth2({ id: "as", tokenEndpoint: `${origin}/token`, clientId: "c" })

const started = (seconds: number): Started => ({
  _tag: "Started",
  deviceCode: Redacted.make("device-code-1"),
  userCode: "WDJB-MJHT",
  verificationUri: "https://as.example/device",
  intervalMillis: 5_000,
  expiresAt: Date.now() + seconds * 1000
})

const awaitUser = (provider: Provider, flow: Started): Effect.Effect<Outcome> =>
  DeviceFlow.use((device) => device.awaitUser(provider, flow, { timeLimitMillis: 120_000 })).pipe(
    Effect.provide(DeviceFlow.layer)
  )

/** A server that gives these answers in turn, and then the last one again; and the waits of a device before each. */
const waiting = Effect.fnUntraced(function* (answers: ReadonlyArray<Answer>, seconds = 900) {
  let next = 0
  const server = yield* httpServer((response, seen) => answers[Math.min(next++, answers.length - 1)]?.(response, seen))
  const { clock, waits } = yield* PassingClock.make()
  const outcome = yield* awaitUser(serverAt(server.origin), started(seconds)).pipe(
    Effect.provideService(Clock.Clock, clock)
  )
  return { outcome, server, waits }
})

describe("a device that waits", () => {
  it.live("waits five seconds longer from each slow_down on", () =>
    Effect.gen(function* () {
      const { outcome, waits } = yield* waiting([pending, slowDown, pending, slowDown, granted])
      assert.strictEqual(outcome._tag, "Granted")
      assert.deepStrictEqual(waits, [5, 5, 10, 10, 15])
    })
  )

  it.live("waits twice as long after a poll that came to nothing, and goes on", () =>
    Effect.gen(function* () {
      const cut: Answer = (response) => response.socket?.destroy()
      const { outcome, waits } = yield* waiting([cut, answerJson(503, {}), pending, granted])
      assert.strictEqual(outcome._tag, "Granted")
      assert.deepStrictEqual(waits, [5, 10, 20, 20])
    })
  )

  it.live("waits as long as the server asks for", () =>
    Effect.gen(function* () {
      const { waits } = yield* waiting([answerJson(429, {}, { "retry-after": "42" }), granted])
      assert.closeTo(waits[1] ?? 0, 42, 1)
    })
  )

  it.live("gives up when the code has expired, without another request", () =>
    Effect.gen(function* () {
      const { outcome, server, waits } = yield* waiting([pending], 12)
      assert.deepStrictEqual(outcome, { _tag: "ExpiredToken" })
      assert.strictEqual(server.requests.length, 2)
      assert.deepStrictEqual(waits.slice(0, 2), [5, 5])
      assert.closeTo(waits[2] ?? 0, 2, 1)
    })
  )

  it.live("stops at a refusal that waiting does not mend", () =>
    Effect.gen(function* () {
      const { outcome, waits } = yield* waiting([answerJson(401, { error: "invalid_client" }), granted])
      if (outcome._tag !== "Refused") return assert.fail(outcome._tag)
      assert.strictEqual(outcome.evidence.code, "invalid_client")
      assert.deepStrictEqual(waits, [5])
    })
  )

  it.live("keeps a refresh token that came without an access token", () =>
    Effect.gen(function* () {
      const { outcome } = yield* waiting([answerJson(200, { refresh_token: "rt-1" }), granted])
      if (outcome._tag !== "Refused") return assert.fail(outcome._tag)
      assert.strictEqual(Redacted.value(outcome.successor!.refresh!), "rt-1")
    })
  )
})

describe("a device that is interrupted", () => {
  it.live("stops at once between two polls, though its caller may not be interrupted", () =>
    Effect.gen(function* () {
      const { clock } = yield* PassingClock.make(() => Effect.never)
      const provider = serverAt(`http://127.0.0.1:${yield* freePort}`)
      const fiber = yield* awaitUser(provider, started(900)).pipe(
        Effect.provideService(Clock.Clock, clock),
        Effect.uninterruptible,
        Effect.forkChild({ startImmediately: true })
      )
      yield* Fiber.interrupt(fiber)
    })
  )

  it.live("has the login of a poll that is under way, if what keeps it may not be interrupted either", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<() => void>()
      const server = yield* httpServer((response) => {
        Deferred.doneUnsafe(
          arrived,
          Effect.succeed(() => granted(response))
        )
      })
      const { clock } = yield* PassingClock.make()
      const kept: Array<Outcome["_tag"]> = []
      const fiber = yield* awaitUser(serverAt(server.origin), started(900)).pipe(
        Effect.tap(({ _tag }) => Effect.sync(() => kept.push(_tag))),
        Effect.provideService(Clock.Clock, clock),
        Effect.uninterruptible,
        Effect.forkChild
      )
      const answer = yield* Deferred.await(arrived)
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      answer()
      yield* Fiber.join(interruption)
      assert.deepStrictEqual(kept, ["Granted"])
    })
  )
})
