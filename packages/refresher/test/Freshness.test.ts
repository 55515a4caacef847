/**
 * When a token is served as it is, and when the next one is fetched first.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { failing } from "./support/Failures.ts"
import { codex } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, slow } from "./support/Scene.ts"

describe("an access token", () => {
  it.live(
    "that ended before the pool was opened is refreshed before anything is served",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.advance("2 hours")
          const { token } = yield* scene.open()
          assert.notStrictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "is served from memory until its end is as near as the skew",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          edges.trace.length = 0
          assert.strictEqual(yield* token(), scene.login.access_token)
          yield* scene.advance("57 minutes")
          assert.strictEqual(yield* token(), scene.login.access_token)
          assert.deepStrictEqual(edges.trace, [])
        })
      ),
    slow
  )

  it.live(
    "as near its end as that is served on, while the next one is fetched, once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.advance("58.5 minutes")
          const hold = yield* scene.sandbox.hold("beforeReading")
          const served = yield* Effect.all([instance.token(), instance.token()], { concurrency: "unbounded" })
          assert.deepStrictEqual(served, [scene.login.access_token, scene.login.access_token])
          yield* hold.parked()
          yield* hold.release
          yield* next(instance, "RefreshSucceeded")
          assert.notStrictEqual(yield* instance.token(), scene.login.access_token)
          const [started, ...others] = only(yield* scene.events, "RefreshStarted")
          assert.strictEqual(started?.data.trigger, "proactive")
          assert.deepStrictEqual(others, [])
        })
      ),
    slow
  )

  it.live(
    "is not served half a minute before its end: the next one is waited for",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* scene.advance("59.55 minutes")
          assert.notStrictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "whose next one may not be fetched yet is served without a look at anything",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.sandbox.fault({ fault: { _tag: "Status", status: 429, headers: { "retry-after": "40" } } })
          yield* scene.advance("58.5 minutes")
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          yield* next(instance, "ErrorClassified")
          yield* scene.advance("10 seconds")
          instance.edges.trace.length = 0
          assert.strictEqual(yield* instance.token(), scene.login.access_token)
          assert.deepStrictEqual(instance.edges.trace, [])
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "without a refresh token is served until its end, and no request is sent then",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.write({ ...scene.login, refresh_token: "" })
          const { token } = yield* scene.open()
          assert.strictEqual(yield* token({ forceRefresh: true }), scene.login.access_token)
          yield* scene.advance("61 minutes")
          assert.strictEqual(yield* failing(token()), "MissingRefreshToken")
          assert.strictEqual((yield* scene.posts).length, 0)
        })
      ),
    slow
  )

  it.live(
    "is followed by another when one is forced, though the API refused an earlier one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { pool, token } = yield* scene.open()
          yield* pool.report(codex, Redacted.make(scene.login.access_token), {
            status: 401,
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ error: { code: "token_expired" } })
          })
          const second = yield* token()
          assert.notStrictEqual(second, scene.login.access_token)
          assert.notStrictEqual(yield* token({ forceRefresh: true }), second)
          assert.strictEqual((yield* scene.posts).length, 2)
        })
      ),
    slow
  )

  it.live(
    "that arrives already over is served until it is refused, and not refreshed in a loop",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { token } = yield* scene.open()
            const served = yield* token({ forceRefresh: true })
            assert.strictEqual(yield* token(), served)
            assert.strictEqual(yield* token(), served)
            assert.strictEqual((yield* scene.posts).length, 1)
            assert.notStrictEqual(yield* token({ failedToken: served }), served)
            assert.strictEqual((yield* scene.posts).length, 2)
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        { accessLifetime: -60, firstAccessLifetime: 3600 }
      ),
    slow
  )

  it.live(
    "that arrived already over is not fetched again by each new process",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const first = yield* scene.open()
            const served = yield* first.token({ forceRefresh: true })
            yield* first.close
            const second = yield* scene.open()
            assert.strictEqual(yield* second.token(), served)
            assert.strictEqual((yield* scene.posts).length, 1)
          }),
        { accessLifetime: -60, firstAccessLifetime: 3600 }
      ),
    slow
  )

  it.live(
    "that a stashed answer brought is judged by its own end, not by when it was found",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open()
          yield* first.token({ forceRefresh: true })
          yield* first.close
          yield* scene.write({ access_token: "", refresh_token: "" })
          yield* scene.advance("2 hours")
          const { token } = yield* scene.open()
          yield* token()
          assert.strictEqual((yield* scene.posts).length, 2)
        })
      ),
    slow
  )
})
