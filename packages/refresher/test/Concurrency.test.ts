/**
 * Many callers, several processes, one grant.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { join } from "node:path"
import { failing } from "./support/Failures.ts"
import { holdFlock } from "./support/Python.ts"
import { breaches } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

const count = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.length)

describe("callers in one process", () => {
  it.live(
    "share one flight, however many they are",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          const asked = Array.from({ length: 50 }, () => token({ failedToken: scene.login.access_token }))
          const served = yield* Effect.all(asked, { concurrency: "unbounded" })
          assert.strictEqual(new Set(served).size, 1)
          assert.notInclude(served, scene.login.access_token)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "end only their own waiting when they are interrupted: the refresh goes on and is kept",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { edges, token } = yield* scene.open()
          const hold = yield* scene.sandbox.hold("afterCommit")
          const asked = yield* Effect.forkChild(token({ failedToken: scene.login.access_token }))
          yield* hold.parked()
          yield* Fiber.interrupt(asked)
          const joined = yield* Effect.forkChild(token({ failedToken: scene.login.access_token }), {
            startImmediately: true
          })
          yield* hold.release
          const served = yield* Fiber.join(joined)
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, served)
          assert.include(edges.trace, "append RefreshSucceeded")
          assert.strictEqual(yield* count(scene), 1)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "that all go away leave a token that is stored all the same",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { close, token } = yield* scene.open()
          const hold = yield* scene.sandbox.hold("afterCommit")
          const asked = yield* Effect.forkChild(token({ failedToken: scene.login.access_token }))
          yield* hold.parked()
          yield* Fiber.interrupt(asked)
          yield* hold.release
          yield* close
          const [post] = yield* scene.posts
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.refresh_token, post?.successor)
          assert.deepStrictEqual((yield* scene.story).slice(-1), ["RefreshSucceeded"])
        })
      ),
    slow
  )

  it.live(
    "with different refused tokens get the current one, and one request is sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          const first = scene.login.access_token
          const second = yield* token({ failedToken: first })
          const served = yield* Effect.all(
            [token({ failedToken: first }), token({ failedToken: "never ours" }), token()],
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(served, [second, second, second])
          assert.strictEqual(yield* count(scene), 1)
          const [third, again] = yield* Effect.all([token({ failedToken: second }), token({ failedToken: first })], {
            concurrency: "unbounded"
          })
          assert.notStrictEqual(third, second)
          assert.include([second, third], again)
          assert.strictEqual(yield* count(scene), 2)
        })
      ),
    slow
  )
})

describe("several processes", () => {
  it.live(
    "that want another token at once send one request, and all serve what it brought",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instances = yield* Effect.all([scene.open(), scene.open(), scene.open(), scene.open()])
          let current = scene.login.access_token
          for (let rotation = 1; rotation <= 5; rotation += 1) {
            const served = yield* Effect.all(
              instances.map(({ token }) => token({ failedToken: current })),
              { concurrency: "unbounded" }
            )
            assert.strictEqual(new Set(served).size, 1)
            assert.strictEqual(yield* count(scene), rotation)
            current = served[0] ?? ""
          }
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("several processes and a dead login", () => {
  it.live(
    "send one request while its verdict is looked into, and all say the same in the end",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          const instances = yield* Effect.all([scene.open(), scene.open(), scene.open()])
          const reasons = yield* Effect.all(
            instances.map(({ token }) => failing(token({ failedToken: scene.login.access_token }))),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(reasons, ["Revoked", "Revoked", "Revoked"])
          assert.strictEqual(yield* count(scene), 1)
          const story = yield* scene.story
          assert.deepStrictEqual(
            story.filter((type) => type !== "VaultRead"),
            [
              "GenerationObserved",
              "RefreshStarted",
              "RefreshFailed",
              "ErrorClassified",
              "CredentialQuarantined",
              "StoreCleared"
            ]
          )
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("a store's lock", () => {
  it.live(
    "held by another program: a good token is served, and nothing is sent or written without the lock",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open({ policy: { lockWait: 300 } })
          const release = yield* holdFlock(join(scene.folder, "hermes", "auth.lock"))
          yield* scene.advance("59 minutes")
          assert.strictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual(yield* failing(token({ failedToken: scene.login.access_token })), "Busy")
          yield* scene.advance("2 minutes")
          assert.strictEqual(yield* failing(token()), "Busy")
          assert.strictEqual(yield* count(scene), 0)
          assert.strictEqual(scene.read().providers["openai-codex"].tokens.access_token, scene.login.access_token)
          yield* release
          assert.notStrictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )
})
