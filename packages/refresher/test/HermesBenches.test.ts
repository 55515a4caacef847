/**
 * Keys in hermes' pool that a model API refuses: which one is asked next, for how long, and who knows of it.
 */
import { hermes } from "@daybook/pool/HermesPolicy"
import { CredentialId } from "@daybook/pool/Ids"
import { defaults } from "@daybook/pool/Policy"
import { NoneAvailable, type TokenError } from "@daybook/refresher/PoolError"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Redacted } from "effect"
import { anyFile, keyRow, setRows } from "./support/HermesRows.ts"
import type { Instance } from "./support/Instance.ts"
import { only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

const router = "openrouter"

const ask = (instance: Instance, provider = router) => instance.token({ provider })

/** What a model API answered to this key. */
const answer = ({ pool }: Instance, key: string, status: number, error: object = {}, provider = router) =>
  Effect.orDie(
    pool.report(provider, Redacted.make(key), {
      status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ error: { message: `refused with ${status}`, ...error } })
    })
  )

const none = <A>(asked: Effect.Effect<A, TokenError>) =>
  Effect.map(Effect.orDie(Effect.flip(asked)), (error) => {
    assert.instanceOf(error, NoneAvailable)
    return error
  })

const twoKeys = (scene: Scene) => setRows(scene, router, [keyRow("a", "sk-a"), keyRow("b", "sk-b", 1)])

describe("a key that is refused for money", () => {
  it.live(
    "gives way to the next one at once, in this process, in another, and in one that is opened later",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const [first, second] = yield* Effect.all([scene.open(), scene.open()])
          assert.strictEqual(yield* ask(first), "sk-a")
          yield* answer(first, "sk-a", 402)
          assert.strictEqual(yield* ask(first), "sk-b")
          yield* Effect.orDie(second.ledger.state)
          assert.strictEqual(yield* ask(second), "sk-b")
          assert.strictEqual(yield* ask(yield* scene.open()), "sk-b")
        })
      ),
    slow
  )

  it.live(
    "gives way whatever status it comes under, if the answer names the lack of money",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          const verdict = yield* answer(instance, "sk-a", 400, { code: "insufficient_quota" })
          assert.strictEqual(verdict?.verdict, "BillingRequired")
          assert.strictEqual(yield* ask(instance), "sk-b")
        })
      ),
    slow
  )

  it.live(
    "comes first again when an hour has passed, with nothing written",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          yield* answer(instance, "sk-a", 402)
          const before = yield* scene.story
          yield* scene.advance("59 minutes")
          assert.strictEqual(yield* ask(instance), "sk-b")
          yield* scene.advance("2 minutes")
          assert.strictEqual(yield* ask(instance), "sk-a")
          assert.deepStrictEqual(yield* scene.story, before)
        })
      ),
    slow
  )

  it.live(
    "takes the other rows that have the same key along, so that it is not asked again under another name",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* setRows(scene, router, [keyRow("a", "sk-same"), keyRow("b", "sk-same", 1)])
          const instance = yield* scene.open()
          yield* answer(instance, "sk-same", 402)
          assert.deepStrictEqual(
            (yield* none(ask(instance))).passed.map(({ credential }) => credential as string),
            ["a", "b"]
          )
        })
      ),
    slow
  )

  it.live(
    "leaves hermes' file as it is, with what another program put into it meanwhile",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          const rows = [keyRow("a", "sk-a"), keyRow("b", "sk-b", 1), keyRow("c", "sk-c", 2)]
          yield* setRows(scene, router, rows)
          yield* answer(instance, "sk-a", 402)
          assert.deepStrictEqual(anyFile(scene).credential_pool[router], rows)
        })
      ),
    slow
  )
})

describe("a bench that an operator ends", () => {
  it.live(
    "is over in every process, and for the next one too",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const [first, second] = yield* Effect.all([scene.open(), scene.open()])
          yield* answer(first, "sk-a", 402)
          assert.strictEqual((yield* Effect.orDie(first.operator.resume(CredentialId.make("a")))).length, 1)
          assert.strictEqual(yield* ask(first), "sk-a")
          yield* Effect.orDie(second.ledger.state)
          assert.strictEqual(yield* ask(second), "sk-a")
          const next = yield* scene.open()
          assert.strictEqual(yield* ask(next), "sk-a")
          const row = (yield* next.pool.status).credentials.find(({ provider }) => provider === router)
          assert.deepInclude(row, { word: "ok", reason: undefined, until: undefined })
        })
      ),
    slow
  )

  it.live(
    "leaves other benches as they are, and is ended once",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          yield* answer(instance, "sk-a", 402)
          yield* answer(instance, "sk-b", 402)
          yield* Effect.orDie(instance.operator.resume(CredentialId.make("b")))
          assert.deepStrictEqual(yield* Effect.orDie(instance.operator.resume(CredentialId.make("b"))), [])
          assert.strictEqual(yield* ask(instance), "sk-b")
        })
      ),
    slow
  )
})

describe("a key that is refused for too many requests", () => {
  it.live(
    "is benched and not dead",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          yield* answer(instance, "sk-a", 429, { code: "rate_limit_exceeded" })
          assert.strictEqual(yield* ask(instance), "sk-b")
          const first = (yield* instance.pool.status).credentials.find(({ provider }) => provider === router)
          assert.strictEqual(first?.word, "cooling")
          assert.notInclude(yield* scene.story, "CredentialQuarantined")
        })
      ),
    slow
  )

  it.live(
    "is said to be free again in a minute, by our rules and by hermes', if it is the only one",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* setRows(scene, router, [keyRow("a", "sk-a")])
          for (const policy of [defaults, hermes]) {
            const instance = yield* scene.open({ policy })
            const now = yield* Clock.currentTimeMillis
            yield* answer(instance, "sk-a", 429)
            const { until } = yield* none(ask(instance))
            assert.closeTo((until ?? 0) - now, 60_000, 5_000)
            yield* scene.advance("66 seconds")
            assert.strictEqual(yield* ask(instance), "sk-a")
            yield* instance.close
          }
        })
      ),
    slow
  )

  it.live(
    "gives way at the first refusal: the request is not tried once more with it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          yield* answer(instance, "sk-a", 429)
          assert.strictEqual(only(yield* scene.events, "CooldownStarted").length, 1)
          assert.strictEqual(yield* ask(instance), "sk-b")
        })
      ),
    slow
  )
})

describe("an answer that says nothing of the key", () => {
  for (const [what, status, error] of [
    ["of an overloaded model", 529, { type: "overloaded_error" }],
    ["of a broken server", 500, {}],
    ["that a router passes on from behind it", 429, { message: "Provider returned error" }],
    ["about the request", 400, { code: "invalid_value" }]
  ] as const) {
    it.live(
      `leaves it where it was: one ${what}`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            yield* twoKeys(scene)
            const instance = yield* scene.open()
            yield* answer(instance, "sk-a", status, error)
            assert.strictEqual(yield* ask(instance), "sk-a")
          })
        ),
      slow
    )
  }

  it.live(
    "or names a key that the pool does not have benches nobody",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          assert.isUndefined(yield* answer(instance, "sk-of-somebody-else", 402))
          assert.strictEqual(yield* ask(instance), "sk-a")
          assert.notInclude(yield* scene.story, "CooldownStarted")
        })
      ),
    slow
  )
})

describe("the keys of a pool", () => {
  it.live(
    "of a custom endpoint are asked by that pool's own name, the first priority first",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const provider = "custom:together.ai"
          yield* setRows(scene, provider, [keyRow("late", "sk-late", 1), keyRow("early", "sk-early")])
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          assert.strictEqual(yield* ask(instance, provider), "sk-early")
          yield* answer(instance, "sk-early", 402, {}, provider)
          assert.strictEqual(yield* ask(instance, provider), "sk-late")
          assert.strictEqual(yield* ask(instance), "sk-a")
        })
      ),
    slow
  )

  it.live(
    "without a key in them are never given: the pool does not know whose they would be, and nothing is sent",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* setRows(scene, router, [keyRow("blank", ""), { ...keyRow("none", ""), access_token: null }])
          const instance = yield* scene.open()
          assert.strictEqual((yield* Effect.flip(ask(instance)))._tag, "UnknownProvider")
          assert.deepStrictEqual(yield* scene.posts, [])
        })
      ),
    slow
  )

  it.live(
    "are each as good as before when all are benched and the earliest bench ends",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* twoKeys(scene)
          const instance = yield* scene.open()
          yield* answer(instance, "sk-a", 402)
          yield* answer(instance, "sk-b", 429)
          const { message, passed, until } = yield* none(ask(instance))
          assert.strictEqual(passed.length, 2)
          assert.notMatch(message, /log in|auth add/i)
          yield* scene.advance(Math.max(0, (until ?? 0) - (yield* Clock.currentTimeMillis)))
          assert.strictEqual(yield* ask(instance), "sk-b")
        })
      ),
    slow
  )
})
