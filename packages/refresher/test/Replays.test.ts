/**
 * What becomes of a refresh token whose answer was lost: it may be spent, so it is sent again only when the provider's
 * replay policy says that this does no harm.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { afterALostAnswer, failing, reasonOf } from "./support/Failures.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

const count = (scene: Scene) => Effect.map(scene.posts, (posts) => posts.length)

describe("a token whose answer was lost", () => {
  it.live(
    "is sent again once the access token is over, and a server that forgives it gives the successor",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { token } = yield* afterALostAnswer(scene)
            assert.strictEqual(yield* token(), scene.login.access_token)
            yield* scene.advance("59 minutes")
            assert.strictEqual(yield* token(), scene.login.access_token)
            assert.strictEqual(yield* count(scene), 1)
            yield* scene.advance("2 minutes")
            assert.notStrictEqual(yield* token(), scene.login.access_token)
            const [first, second] = yield* scene.posts
            assert.strictEqual(second?.presented, first?.presented)
            assert.strictEqual(only(yield* scene.events, "RefreshStarted").at(-1)?.data.trigger, "replay")
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        { reuse: "grace", graceMillis: 7_200_000 }
      ),
    slow
  )

  it.live(
    "is sent again when the API refuses its access token, which counts as its end",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { token } = yield* afterALostAnswer(scene)
            yield* scene.advance("1 minute")
            assert.notStrictEqual(yield* token({ failedToken: scene.login.access_token }), scene.login.access_token)
            assert.strictEqual(yield* count(scene), 2)
          }),
        { reuse: "grace", graceMillis: 7_200_000 }
      ),
    slow
  )

  it.live(
    "is not sent again while the earlier request may still arrive",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* afterALostAnswer(scene, { policy: { timeLimit: 30_000 } })
          const { reason, retryAt } = (yield* reasonOf(token({ failedToken: scene.login.access_token }))) as {
            reason: string
            retryAt?: number
          }
          assert.strictEqual(reason, "OutcomeUnknown")
          const [lost] = only(yield* scene.events, "OutcomeLost")
          assert.strictEqual(retryAt, lost?.data.quietAfter)
          assert.strictEqual(yield* count(scene), 1)
        })
      ),
    slow
  )

  it.live(
    "ends as ResponseLost when its replay is answered as reused, and its pair leaves the store",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const second = yield* afterALostAnswer(scene)
          yield* second.token()
          yield* scene.advance("61 minutes")
          assert.strictEqual(yield* failing(second.token()), "ResponseLost")
          assert.strictEqual(yield* count(scene), 2)
          assert.notProperty(scene.read().providers["openai-codex"].tokens, "refresh_token")
          assert.strictEqual(yield* failing(second.token({ credential: "seeded" })), "ResponseLost")
          assert.strictEqual(yield* count(scene), 2)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "is not given up when the replay's answer is lost too: the next one waits a minute, then two",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { token } = yield* afterALostAnswer(scene)
            yield* scene.sandbox.fault({ fault: { _tag: "CutBody" }, times: 2 })
            yield* scene.advance("61 minutes")
            assert.strictEqual(yield* failing(token()), "OutcomeUnknown")
            assert.strictEqual(yield* count(scene), 2)
            yield* scene.advance("50 seconds")
            assert.strictEqual(yield* failing(token()), "OutcomeUnknown")
            assert.strictEqual(yield* count(scene), 2)
            yield* scene.advance("15 seconds")
            assert.strictEqual(yield* failing(token()), "OutcomeUnknown")
            assert.strictEqual(yield* count(scene), 3)
            yield* scene.advance("65 seconds")
            assert.strictEqual(yield* failing(token()), "OutcomeUnknown")
            assert.strictEqual(yield* count(scene), 3)
            yield* scene.advance("65 seconds")
            assert.notStrictEqual(yield* token(), scene.login.access_token)
            assert.strictEqual(yield* count(scene), 4)
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        { reuse: "grace", graceMillis: 36_000_000 }
      ),
    slow
  )
})

describe("a replay policy", () => {
  it.live(
    "anytime: the token is sent again as soon as the earlier request cannot arrive any more",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { token } = yield* afterALostAnswer(scene, { replay: { _tag: "anytime" } })
            yield* scene.advance("1 second")
            assert.notStrictEqual(yield* token({ forceRefresh: true }), scene.login.access_token)
            assert.strictEqual(yield* count(scene), 2)
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        { reuse: "grace", graceMillis: 60_000 }
      ),
    slow
  )

  it.live(
    "withinGrace: the token is sent again while the grace lasts",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { token } = yield* afterALostAnswer(scene, { replay: { _tag: "withinGrace", millis: 60_000 } })
            yield* scene.advance("10 seconds")
            assert.notStrictEqual(yield* token({ forceRefresh: true }), scene.login.access_token)
            assert.strictEqual(yield* count(scene), 2)
          }),
        { reuse: "grace", graceMillis: 60_000 }
      ),
    slow
  )

  it.live(
    "withinGrace: after the grace the token is sent again only when the access token is over",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* afterALostAnswer(scene, { replay: { _tag: "withinGrace", millis: 60_000 } })
          yield* scene.advance("2 minutes")
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "OutcomeUnknown")
          assert.strictEqual(yield* token(), scene.login.access_token)
          assert.strictEqual(yield* count(scene), 1)
          yield* scene.advance("1 hour")
          assert.strictEqual(yield* failing(token()), "ResponseLost")
          assert.strictEqual(yield* count(scene), 2)
        })
      ),
    slow
  )

  it.live(
    "never: the login is given up when the access token is over, without a request",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* afterALostAnswer(scene, { replay: { _tag: "never" } })
          yield* scene.advance("30 minutes")
          assert.strictEqual(yield* token(), scene.login.access_token)
          yield* scene.advance("31 minutes")
          assert.strictEqual(yield* failing(token()), "ResponseLost")
          assert.strictEqual(yield* count(scene), 1)
          assert.notProperty(scene.read().providers["openai-codex"].tokens, "refresh_token")
        })
      ),
    slow
  )
})

describe("a provider that does not rotate", () => {
  it.live(
    "gets one refresh token again and again, after a lost answer too",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const options = { replay: { _tag: "anytime" } } as const
            const { close, token } = yield* scene.open(options)
            const served = [yield* token({ forceRefresh: true }), yield* token({ forceRefresh: true })]
            yield* close
            const second = yield* afterALostAnswer(scene, options)
            yield* scene.advance("1 second")
            served.push(yield* second.token({ forceRefresh: true }))
            assert.strictEqual(new Set(served).size, 3)
            const posts = yield* scene.posts
            assert.deepStrictEqual(
              posts.map(({ presented }) => presented),
              Array.from({ length: 4 }, () => scene.login.refresh_token)
            )
            const tokens = scene.read().providers["openai-codex"].tokens
            assert.deepInclude(tokens, { access_token: served[2] ?? "", refresh_token: scene.login.refresh_token })
            assert.deepStrictEqual(yield* breaches(scene), [])
          }),
        { rotation: "off" }
      ),
    slow
  )
})

describe("a request that never left", () => {
  it.live(
    "leaves no doubt, and is tried again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const nowhere = { ...scene.codexHere(), tokenEndpoint: "http://127.0.0.1:1/oauth/token" }
          const first = yield* scene.open({ providers: [nowhere] })
          assert.strictEqual(yield* failing(first.token({ forceRefresh: true })), "Network")
          assert.strictEqual((yield* first.grant).health._tag, "Live")
          yield* first.close
          yield* scene.advance("5 seconds")
          const second = yield* scene.open()
          assert.notStrictEqual(yield* second.token({ forceRefresh: true }), scene.login.access_token)
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})

describe("an answer that is neither a success nor a refusal", () => {
  const faults = {
    "a 503": { _tag: "Status", status: 503, commit: true },
    "a cut body": { _tag: "CutBody" },
    "a reset": { _tag: "Reset", commit: true },
    "an unreadable 200": { _tag: "Garbage", commit: true }
  } as const

  for (const [name, fault] of Object.entries(faults)) {
    it.live(
      `leaves the token in doubt: nothing is sent while the access token is good, not even for an operator (${name})`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const instance = yield* scene.open()
            yield* scene.sandbox.fault({ fault })
            const { reason } = yield* reasonOf(instance.token({ forceRefresh: true }))
            assert.include(["OutcomeUnknown", "ServerError"], reason)
            assert.strictEqual((yield* instance.grant).health._tag, "Suspect")
            yield* scene.advance("20 minutes")
            assert.strictEqual(yield* instance.token(), scene.login.access_token)
            assert.strictEqual(yield* failing(instance.token({ forceRefresh: true })), "OutcomeUnknown")
            assert.strictEqual(
              yield* Effect.result(instance.pool.refresh("seeded")).pipe(Effect.map(({ _tag }) => _tag)),
              "Failure"
            )
            assert.strictEqual(yield* count(scene), 1)
            assert.deepStrictEqual(yield* breaches(scene), [])
          })
        ),
      slow
    )
  }
})
