/**
 * What the pool answers at once, because it answered so before: never anything that `getToken` would not answer now.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { CredentialId } from "@daybook/pool/Ids"
import { codex, type Instance, type Request } from "./support/Instance.ts"
import { call } from "./support/ModelApi.ts"
import { next } from "./support/Next.ts"
import { inScene, patient, slow } from "./support/Scene.ts"

const seeded = CredentialId.make("seeded")

const ready = ({ pool }: Instance, { failedToken, ...request }: Request = {}) => {
  const failed = failedToken === undefined ? {} : { failedToken: Redacted.make(failedToken) }
  const token = pool.ready(codex, { ...request, ...failed })
  return token === undefined ? undefined : Redacted.value(token.token)
}

/** On a busy machine the second in which it holds may be over before it is asked for. */
const servedAtOnce = (instance: Instance) =>
  instance.token().pipe(
    Effect.map(() => ready(instance)),
    Effect.repeat({ until: (token) => token !== undefined, times: 10 })
  )

describe("an answer at once", () => {
  it.live(
    "is the token that was answered last, to all who want whatever is good",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          assert.isUndefined(ready(instance))
          assert.strictEqual(yield* servedAtOnce(instance), scene.login.access_token)
          assert.isUndefined(ready(instance, { failedToken: scene.login.access_token }))
          assert.isUndefined(ready(instance, { forceRefresh: true }))
          assert.isUndefined(ready(instance, { model: "another-request" }))
        })
      ),
    slow
  )

  it.live(
    "is not what somebody got who wanted another token",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          yield* instance.token({ forceRefresh: true })
          yield* instance.token({ failedToken: scene.login.access_token })
          assert.isUndefined(ready(instance))
        })
      ),
    slow
  )

  it.live(
    "is not given from the moment at which the next token is due",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* scene.advance("57 minutes")
          assert.strictEqual(yield* servedAtOnce(instance), scene.login.access_token)
          yield* scene.advance("90 seconds")
          assert.isUndefined(ready(instance))
        })
      ),
    slow
  )

  it.live(
    "is thought over again every second, and when a clock was set back: benches end by the clock alone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open()
          yield* servedAtOnce(instance)
          yield* scene.advance("1 second")
          assert.isUndefined(ready(instance))
          yield* servedAtOnce(instance)
          yield* scene.advance("-10 seconds")
          assert.isUndefined(ready(instance))
        })
      ),
    slow
  )

  it.live(
    "is not given once anything was recorded: a pause, a revocation, another program's refresh",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open(patient)
          const other = yield* scene.open(patient)
          assert.isDefined(yield* servedAtOnce(instance))
          const newer = yield* other.token({ forceRefresh: true })
          yield* next(instance, "RefreshSucceeded")
          assert.isUndefined(ready(instance))
          assert.strictEqual(yield* servedAtOnce(instance), newer)
          yield* instance.operator.pause(seeded)
          assert.isUndefined(ready(instance))
          yield* instance.operator.resume(seeded)
          assert.isDefined(yield* servedAtOnce(instance))
          yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant, code: "token_invalidated" }))
          assert.strictEqual((yield* call(scene, instance, newer))?.verdict, "GrantRevoked")
          assert.isUndefined(ready(instance))
        })
      ),
    slow
  )
})
