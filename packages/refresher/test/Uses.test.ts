/**
 * How accepted calls are counted: the first of a generation at once, the others together.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ledger } from "@daybook/ledger/Ledger"
import * as MemoryLedger from "@daybook/ledger/MemoryLedger"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { CredentialId } from "@daybook/pool/Ids"
import { members } from "@daybook/pool/PoolState"
import { Uses } from "@daybook/refresher/Uses"
import { Deferred, Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { codex, type Instance } from "./support/Instance.ts"
import { call } from "./support/ModelApi.ts"
import { only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const one = CredentialId.make("one")
const generation = { access: Fingerprint.make("fp_access1_________") }
const later = { access: Fingerprint.make("fp_access2_________") }

const recorded = Effect.fnUntraced(function* () {
  const ledger = yield* Ledger
  const events = yield* Stream.runCollect(ledger.read())
  return Array.from(events).flatMap((event) => (event.type === "ApiOutcomeObserved" ? [event.data] : []))
})

const inMemory = Uses.layer.pipe(Layer.provideMerge(MemoryLedger.layer()))

describe("accepted calls that say nothing new", () => {
  it.effect("are recorded together after a minute, and not before", () =>
    Effect.gen(function* () {
      const uses = yield* Uses
      for (const now of [1_000, 2_000, 3_000]) uses.add(one, generation, now)
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* recorded(), [])
      assert.strictEqual(uses.pending(one), 3)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* recorded(), [{ generation, accepted: true, count: 3, last: 3_000 }])
      assert.strictEqual(uses.pending(one), 0)
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("are recorded for each generation on its own, every minute in which there were any", () =>
    Effect.gen(function* () {
      const uses = yield* Uses
      uses.add(one, generation, 1)
      uses.add(one, later, 2)
      yield* TestClock.adjust("5 minutes")
      uses.add(one, later, 3)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(
        (yield* recorded()).map(({ count, generation: { access } }) => [access, count]),
        [
          [generation.access, 1],
          [later.access, 1],
          [later.access, 1]
        ]
      )
    }).pipe(Effect.provide(inMemory))
  )
})

const accepted = ({ ledger }: Instance) =>
  Effect.map(ledger.state, (state) => members(state).map((member) => member.accepted)[0])

/** The API accepts so many calls with the pool's token. */
const calls = Effect.fnUntraced(function* (scene: Scene, instance: Instance, times: number) {
  const token = yield* Effect.orDie(instance.token())
  for (let made = 0; made < times; made++) assert.isUndefined(yield* call(scene, instance, token))
})

describe("the calls of a pool", () => {
  it.live(
    "are counted over all programs, and are in the ledger when each has closed its pool",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const [first, second] = [yield* scene.open(patient), yield* scene.open(patient)]
          yield* calls(scene, first, 5)
          yield* Effect.orDie(second.ledger.state)
          yield* calls(scene, second, 3)
          assert.strictEqual(yield* accepted(second), 1)
          yield* first.close
          yield* second.close
          const next = yield* scene.open(patient)
          assert.strictEqual(yield* accepted(next), 8)
          assert.strictEqual(only(yield* scene.events, "ApiOutcomeObserved").length, 3)
        })
      ),
    slow
  )

  it.live(
    "that are accepted while the first is being recorded are counted with it, and wait for nothing",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          const token = yield* instance.token()
          const report = instance.pool.report(codex, Redacted.make(token), { status: 200, headers: {}, body: "" })
          const [reached, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const hold = Effect.andThen(Deferred.succeed(reached, undefined), Deferred.await(goOn))
          instance.edges.ledger.before("append ApiOutcomeObserved", hold)
          const first = yield* Effect.forkChild(report)
          yield* Deferred.await(reached)
          yield* Effect.all(Array.from({ length: 5 }, () => report))
          yield* Deferred.succeed(goOn, undefined)
          yield* Fiber.join(first)
          yield* instance.close
          assert.deepStrictEqual(
            only(yield* scene.events, "ApiOutcomeObserved").map(({ data }) => data.count),
            [1, 5]
          )
        })
      ),
    slow
  )

  it.live(
    "that were accepted before one was refused stand before the refusal",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* calls(scene, instance, 4)
          yield* scene.sandbox.expireAccess({ grant: scene.login.grant })
          yield* call(scene, instance, scene.login.access_token)
          assert.deepStrictEqual(
            only(yield* scene.events, "ApiOutcomeObserved").map(({ data }) => [data.accepted, data.count]),
            [
              [true, 1],
              [true, 3],
              [false, 1]
            ]
          )
        })
      ),
    slow
  )
})
