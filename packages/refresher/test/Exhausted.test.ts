/**
 * What the ledger says of a pool that has nothing to give.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import { Effect, Redacted } from "effect"
import { codex, type Instance } from "./support/Instance.ts"
import { only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const seeded = CredentialId.make("seeded")

const said = (scene: Scene) =>
  Effect.map(scene.events, (events) =>
    only(events, "SelectionExhausted").map(({ data }) => data.passed.map(({ why }) => why).join())
  )

const refused = ({ token }: Instance, request: Parameters<Instance["token"]>[0] = {}) => Effect.flip(token(request))

const billed = ({ pool }: Instance, token: string) =>
  pool.report(codex, Redacted.make(token), { status: 402, headers: {}, body: "" })

describe("a pool that has nothing to give", () => {
  it.live(
    "says so once, however many callers ask and in however many programs",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const [here, there] = [yield* scene.open(patient), yield* scene.open(patient)]
          yield* here.operator.pause(seeded)
          yield* there.ledger.state
          for (const instance of [here, here, there, there]) yield* refused(instance)
          assert.deepStrictEqual(yield* said(scene), ["paused"])
          yield* here.close
          const next = yield* scene.open(patient)
          yield* refused(next)
          assert.deepStrictEqual(yield* said(scene), ["paused"])
        })
      ),
    slow
  )

  it.live(
    "says so again when the reason is another one, until when included",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          const token = yield* instance.token()
          yield* billed(instance, token)
          yield* refused(instance)
          yield* instance.operator.pause(seeded)
          yield* refused(instance)
          yield* instance.operator.resume(seeded)
          yield* instance.token()
          yield* instance.operator.pause(seeded)
          yield* refused(instance)
          const [first, ...others] = yield* said(scene)
          assert.match(first ?? "", /^cooling \(BillingRequired\) until 2/)
          assert.deepStrictEqual(others, ["paused"])
          const { data } = only(yield* scene.events, "SelectionExhausted")[0]!
          assert.strictEqual(data.provider, codex)
          assert.isAbove(data.until ?? 0, Date.now())
        })
      ),
    slow
  )

  it.live(
    "says nothing where one credential alone was asked for, or where the pool has none of the provider",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* instance.operator.pause(seeded)
          yield* refused(instance, { credential: "seeded" })
          yield* refused(instance, { provider: "nobody" })
          assert.deepStrictEqual(yield* said(scene), [])
        })
      ),
    slow
  )

  it.live(
    "names the model that was asked for",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* instance.operator.pause(seeded)
          yield* refused(instance, { model: "gpt-5" })
          yield* refused(instance)
          assert.deepStrictEqual(
            only(yield* scene.events, "SelectionExhausted").map(({ data }) => data.model),
            ["gpt-5", undefined]
          )
        })
      ),
    slow
  )
})
