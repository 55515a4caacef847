/** What programs on one ledger measure, each in a registry of its own, as processes have them. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { failing } from "./support/Failures.ts"
import { codex } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const open = Effect.fnUntraced(function* (scene: Scene) {
  const registry: Metric.MetricRegistry = new Map()
  const instance = yield* Effect.provideService(scene.open(patient), Metric.MetricRegistry, registry)
  return { instance, registry }
})

/** The series of a metric: its attributes, and its count. */
const series = (registry: Metric.MetricRegistry, id: string) =>
  Effect.map(Effect.provideService(Metric.snapshot, Metric.MetricRegistry, registry), (all) =>
    all.flatMap((one) => (one.id === id && "count" in one.state ? [[one.attributes, Number(one.state.count)]] : []))
  )

const unit = { served: "{token}", refresh: "{refresh}", quarantine: "{quarantine}" }

describe("what is measured", () => {
  it.live(
    "is each token that was served, whether it was looked for or at hand",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { instance, registry } = yield* open(scene)
          yield* instance.token({ forceRefresh: true })
          yield* instance.token()
          yield* instance.token()
          assert.isDefined(instance.pool.ready(codex))
          yield* Effect.flip(instance.token({ provider: "nobody" }))
          yield* instance.close
          assert.deepStrictEqual(yield* series(registry, "daybook.tokens.served"), [
            [{ unit: unit.served, provider: codex }, 4]
          ])
        })
      ),
    slow
  )

  it.live(
    "is each refresh once, however many programs saw it, and is all there once the program has closed",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const [first, second] = [yield* open(scene), yield* open(scene)]
          yield* first.instance.token({ forceRefresh: true })
          yield* second.instance.token({ failedToken: scene.login.access_token })
          yield* second.instance.token({ forceRefresh: true })
          yield* first.instance.close
          yield* second.instance.close
          const counted = yield* Effect.forEach([first, second], ({ registry }) =>
            series(registry, "daybook.refreshes")
          )
          const started = (yield* scene.posts).length
          const succeeded = counted
            .flat()
            .filter(([attributes]) => (attributes as { outcome?: string }).outcome === "succeeded")
          assert.deepStrictEqual(succeeded, [
            [{ unit: unit.refresh, provider: codex, outcome: "succeeded" }, 1],
            [{ unit: unit.refresh, provider: codex, outcome: "succeeded" }, 1]
          ])
          assert.strictEqual(started, 2)
        })
      ),
    slow
  )

  it.live(
    "is a death, by the program that found it, and the time until somebody has logged in again",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const [finder, onlooker] = [yield* open(scene), yield* open(scene)]
          yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant }))
          assert.strictEqual(yield* failing(finder.instance.token({ forceRefresh: true })), "Revoked")
          yield* scene.advance("1 hour")
          yield* scene.write(yield* scene.logIn(scene.login))
          yield* next(finder.instance, "GenerationObserved", ({ data }) => data.how === "watch")
          yield* finder.instance.close
          yield* onlooker.instance.close
          assert.deepStrictEqual(yield* series(finder.registry, "daybook.quarantines"), [
            [{ unit: unit.quarantine, provider: codex, reason: "Revoked" }, 1]
          ])
          assert.deepStrictEqual(yield* series(onlooker.registry, "daybook.quarantines"), [])
          const recoveries = [
            ...(yield* series(finder.registry, "daybook.recovery.duration")),
            ...(yield* series(onlooker.registry, "daybook.recovery.duration"))
          ]
          assert.deepStrictEqual(recoveries, [[{ unit: "s", provider: codex }, 1]])
        })
      ),
    slow
  )
})
