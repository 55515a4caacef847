/**
 * What a success leaves behind, in which order, and what another process makes of it when the first dies on the way.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { crash, noSpace, unavailable } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

/** A refresh in one process that dies on the way; then another process comes. */
const killed = Effect.fnUntraced(function* (scene: Scene, die: (first: Instance) => void) {
  const first = yield* scene.open()
  die(first)
  const exit = yield* Effect.exit(first.token({ failedToken: scene.login.access_token }))
  assert.isTrue(exit._tag === "Failure")
  yield* first.close
  return yield* scene.open()
})

describe("a refresh that succeeds", () => {
  it.live(
    "takes room, says what it will do, looks once more, sends, and keeps the answer in stash, authority and ledger",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          edges.trace.length = 0
          yield* token({ failedToken: scene.login.access_token })
          const steps = edges.trace.slice(edges.trace.indexOf("reserve")).filter((step) => step !== "read")
          assert.deepStrictEqual(steps.slice(0, 7), [
            "reserve",
            "append RefreshStarted",
            "find",
            "post",
            "stash",
            "store",
            "append RefreshSucceeded"
          ])
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "has its intent in the file before the request is read",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          const hold = yield* scene.sandbox.hold("beforeReading")
          const asked = yield* Effect.forkChild(token({ failedToken: scene.login.access_token }))
          yield* hold.parked()
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["RefreshStarted"])
          yield* hold.release
          assert.notStrictEqual(yield* Fiber.join(asked), scene.login.access_token)
        })
      ),
    slow
  )

  for (const step of ["stash", "store"]) {
    it.live(
      `is recovered by the next process, without a request, after a crash right after: ${step}`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const second = yield* killed(scene, ({ edges }) => edges.stores.after(step, crash))
            const token = yield* second.token({ failedToken: scene.login.access_token })
            const [post] = yield* scene.posts
            assert.strictEqual((yield* scene.posts).length, 1)
            assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, token)
            assert.strictEqual(scene.read().providers["openai-codex"].tokens.refresh_token, post?.successor)
            const [succeeded] = only(yield* scene.events, "RefreshSucceeded")
            assert.deepInclude(succeeded?.data, { recovered: true, rotated: true })
            assert.notInclude(yield* scene.story, "OutcomeLost")
            assert.deepStrictEqual(yield* breaches(scene), [])
          })
        ),
      slow
    )
  }

  it.live(
    "is recovered from the store when the stash had no room, after a crash right after: store",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const second = yield* killed(scene, ({ edges }) => {
            edges.stores.before("stash", noSpace)
            edges.stores.after("store", crash)
          })
          const token = yield* second.token({ failedToken: scene.login.access_token })
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, token)
          const [succeeded] = only(yield* scene.events, "RefreshSucceeded")
          assert.deepInclude(succeeded?.data, { recovered: true, rotated: true })
          assert.notInclude(yield* scene.story, "OutcomeLost")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is recovered from the stash, and served, by a process whose store takes nothing",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const second = yield* killed(scene, ({ edges }) => edges.stores.after("stash", crash))
          second.edges.stores.before("store", noSpace, 9)
          const token = yield* second.token({ failedToken: scene.login.access_token })
          assert.notStrictEqual(token, scene.login.access_token)
          assert.strictEqual(yield* second.token(), token)
          assert.includeMembers([...(yield* scene.story)], ["RefreshSucceeded", "SuccessorStashed"])
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is a success for the next process after a crash right after its event",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const second = yield* killed(scene, ({ edges }) => edges.ledger.after("append RefreshSucceeded", crash))
          const token = yield* second.token({ failedToken: scene.login.access_token })
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, token)
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* scene.story, ["GenerationObserved", "RefreshStarted", "RefreshSucceeded"])
        })
      ),
    slow
  )

  it.live(
    "leaves nothing behind after a crash before its intent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const second = yield* killed(scene, ({ edges }) => edges.ledger.before("append RefreshStarted", crash))
          assert.notStrictEqual(
            yield* second.token({ failedToken: scene.login.access_token }),
            scene.login.access_token
          )
          assert.deepStrictEqual(yield* scene.story, ["GenerationObserved", "RefreshStarted", "RefreshSucceeded"])
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )

  it.live(
    "is recovered in the process itself when the ledger did not take its event",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          edges.ledger.before("append RefreshSucceeded", unavailable)
          const served = yield* token({ failedToken: scene.login.access_token })
          assert.strictEqual(yield* token({ failedToken: scene.login.access_token }), served)
          const [succeeded] = only(yield* scene.events, "RefreshSucceeded")
          assert.deepInclude(succeeded?.data, { recovered: true })
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("an answer that its process took along when it died", () => {
  it.live(
    "is declared lost by the next process, which serves the good access token and sends nothing before its end",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const second = yield* killed(scene, ({ edges }) => edges.network.after("post", crash))
          const forced = yield* Effect.result(second.token({ forceRefresh: true }))
          assert.strictEqual(yield* second.token(), scene.login.access_token)
          assert.strictEqual(forced._tag, "Failure")
          assert.strictEqual((yield* second.grant).health._tag, "Suspect")
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["OutcomeLost"])
          assert.strictEqual((yield* scene.posts).length, 1)
          yield* scene.advance("10 minutes")
          assert.strictEqual(yield* second.token(), scene.login.access_token)
          assert.strictEqual((yield* scene.posts).length, 1)
        })
      ),
    slow
  )
})
