/** The remedy of a notice is the one that fits the store of the login that died. */
import type { Notice } from "@daybook/refresher/PoolNotice"
import { Listener } from "@daybook/refresher/Listeners"
import { assert, describe, it } from "@effect/vitest"
import type { StoreSource } from "@daybook/vault/Vault"
import { Effect } from "effect"
import { reasonOf } from "./support/Failures.ts"
import { codex } from "./support/Instance.ts"
import { inOwnStore } from "./support/OwnLogins.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

/** The only notice of a pool whose login is found dead, and the error that the caller got. */
const noticed = Effect.fnUntraced(function* (scene: Scene, stores: ReadonlyArray<StoreSource>) {
  const notices: Array<Notice> = []
  const pool = yield* Effect.provideService(scene.open({ stores }), Listener, (_event, notice) => {
    if (notice !== undefined) notices.push(notice)
  })
  yield* Effect.orDie(scene.sandbox.revoke({ grant: scene.login.grant }))
  const reason = yield* reasonOf(pool.token({ forceRefresh: true }))
  yield* pool.close
  assert.strictEqual(notices.length, 1)
  return { remedy: notices[0]!.remedy, reason }
})

describe("the notice of a dead login", () => {
  it.live(
    "sends a person to the command that logs in again, where the login is in Daybook's own store",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* inOwnStore(scene, codex, scene.login)
          const { reason, remedy } = yield* noticed(scene, [{ kind: "own" }])
          assert.match(remedy, /`daybook login openai-codex --credential \S+`/)
          assert.propertyVal(reason, "remedy", remedy)
        })
      ),
    slow
  )

  it.live(
    "sends a person to the program that owns the login, where it is in that program's file",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { reason, remedy } = yield* noticed(scene, [{ kind: "hermes", path: scene.authFile }])
          assert.notInclude(remedy, "daybook login")
          assert.propertyVal(reason, "remedy", remedy)
        })
      ),
    slow
  )
})
