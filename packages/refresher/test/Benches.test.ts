/**
 * Benches of an account and of single models: they hold for every program and after a restart, and end with a success, a
 * new login or an operator's word. For a used-up quota and a question about it see Quota.test.ts.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import { Effect, Redacted } from "effect"
import { addRow, manualRow } from "./support/HermesRows.ts"
import { codex, type Instance, type Request } from "./support/Instance.ts"
import { only } from "./support/Records.ts"
import { inScene, patient, type Scene, slow } from "./support/Scene.ts"

const seeded = CredentialId.make("seeded")
const spare = CredentialId.make("spare")

/** The API answered so to a token. */
const answered = ({ pool }: Instance, token: string, status: number, code?: string, model?: string) =>
  pool.report(codex, Redacted.make(token), {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(code === undefined ? {} : { error: { code, type: code } }),
    ...(model === undefined ? {} : { model })
  })

const picked = ({ pool }: Instance, { model }: Request = {}) =>
  Effect.map(pool.getToken(codex, model === undefined ? {} : { model }), ({ credential }) => credential)

/** A second login in hermes' file: of the same person, or of another one. */
const withSpare = Effect.fnUntraced(function* (scene: Scene, whose: "same" | "another") {
  const login = yield* scene.logIn(whose === "same" ? scene.login : undefined)
  yield* addRow(scene, manualRow("spare", login))
  return login
})

const clearings = (scene: Scene) =>
  Effect.map(scene.events, (events) =>
    only(events, "CooldownCleared").map(({ credential, data }) => [credential, data])
  )

describe("a bench of one model", () => {
  const benchedOn = Effect.fnUntraced(function* (scene: Scene) {
    yield* withSpare(scene, "another")
    const instance = yield* scene.open(patient)
    yield* instance.token()
    const verdict = yield* answered(instance, scene.login.access_token, 404, "model_not_found", "gpt-5")
    assert.deepInclude(verdict, { verdict: "ModelUnavailable", scope: "model" })
    return instance
  })

  it.live(
    "passes over the credential for that model, in a pool that is opened later too",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* benchedOn(scene)
          yield* instance.close
          const next = yield* scene.open(patient)
          assert.strictEqual(yield* picked(next, { model: "gpt-5" }), spare)
          assert.strictEqual(yield* picked(next, { model: "gpt-4" }), seeded)
          assert.strictEqual(yield* picked(next), seeded)
        })
      ),
    slow
  )

  it.live(
    "ends when a call with that model is accepted, and with no other",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* benchedOn(scene)
          yield* answered(instance, scene.login.access_token, 200, undefined, "gpt-4")
          assert.strictEqual(yield* picked(instance, { model: "gpt-5" }), spare)
          yield* answered(instance, scene.login.access_token, 200, undefined, "gpt-5")
          assert.deepStrictEqual(yield* clearings(scene), [[seeded, { by: "success", model: "gpt-5" }]])
          assert.strictEqual(yield* picked(instance, { model: "gpt-5" }), seeded)
        })
      ),
    slow
  )

  it.live(
    "ends when an operator resumes the credential",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* benchedOn(scene)
          yield* instance.operator.resume(seeded)
          assert.strictEqual(yield* picked(instance, { model: "gpt-5" }), seeded)
        })
      ),
    slow
  )
})

describe("two logins of one account", () => {
  for (const [name, status, code] of [
    ["a used-up quota", 429, "usage_limit_reached"],
    ["a rate limit", 429, "rate_limit_exceeded"],
    ["a bill", 402, "payment_required"]
  ] as const) {
    it.live(
      `are benched both for ${name} that one of them meets, and come back together`,
      () =>
        inScene((scene) =>
          Effect.gen(function* () {
            const login = yield* withSpare(scene, "same")
            const instance = yield* scene.open(patient)
            yield* instance.token()
            yield* answered(instance, scene.login.access_token, status, code)
            yield* scene.sandbox.apiFault({ fault: { _tag: "Status", status: 500 } })
            const error = yield* Effect.flip(instance.token())
            assert.include(error.message, "spare: the same account as seeded, cooling (")
            yield* answered(instance, login.access_token, 200)
            assert.deepStrictEqual(yield* clearings(scene), [[seeded, { by: "success" }]])
            assert.strictEqual(yield* picked(instance), seeded)
          })
        ),
      slow
    )
  }

  it.live(
    "are two where each is somebody else's",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* withSpare(scene, "another")
          const instance = yield* scene.open(patient)
          yield* instance.token()
          yield* answered(instance, scene.login.access_token, 429, "usage_limit_reached")
          assert.strictEqual(yield* picked(instance), spare)
        })
      ),
    slow
  )

  it.live(
    "are both back when an operator resumes the one that met nothing",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* withSpare(scene, "same")
          const instance = yield* scene.open(patient)
          yield* instance.token()
          yield* answered(instance, scene.login.access_token, 402)
          yield* instance.operator.resume(spare)
          assert.strictEqual(yield* picked(instance), seeded)
        })
      ),
    slow
  )
})
