/**
 * Logins that nobody asks for: which are refreshed all the same, and which are left alone.
 */
import { assert, describe, it } from "@effect/vitest"
import { CredentialId } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"
import { Clock, Effect } from "effect"
import { addRow, manualRow } from "./support/HermesRows.ts"
import { crash } from "./support/Hooks.ts"
import type { Instance } from "./support/Instance.ts"
import { next } from "./support/Next.ts"
import { breaches, only } from "./support/Records.ts"
import { inScene, type Scene, slow } from "./support/Scene.ts"

/** Looks all the time, and waits for nothing but the end of an access token. */
const policy = { upkeepEvery: 40, keepaliveAfter: 0 }

const seeded = CredentialId.make("seeded")

const paused = (keepalive: boolean): Draft => ({
  type: "CredentialPaused",
  v: 1,
  credential: seeded,
  data: keepalive ? { keepalive } : {}
})

const refreshOf = (instance: Instance, id: string) =>
  next(instance, "RefreshStarted", ({ credential, data }) => credential === id && data.trigger === "keepalive")

/** Logins are looked at in order: once the last one was refreshed, the first has been passed over. */
const untilLastIsRefreshed = Effect.fnUntraced(function* (scene: Scene, instance: Instance) {
  yield* refreshOf(instance, "last")
  yield* next(instance, "RefreshSucceeded")
  return only(yield* scene.events, "RefreshStarted").map(({ credential }) => credential as string)
})

describe("a login that nobody asks for", () => {
  it.live(
    "is refreshed when its access token is over, by one of the programs that have it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy })
          yield* scene.open({ policy })
          yield* scene.advance("61 minutes")
          yield* next(instance, "RefreshSucceeded")
          assert.strictEqual((yield* scene.posts).length, 1)
          assert.deepStrictEqual(
            only(yield* scene.events, "RefreshStarted").map(({ data }) => data.trigger),
            ["keepalive"]
          )
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )

  it.live(
    "since it is benched is refreshed too",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy })
          const until = (yield* Clock.currentTimeMillis) + 20 * 3_600_000
          yield* instance.ledger.append([
            { type: "CooldownStarted", v: 1, credential: seeded, data: { until, reason: "QuotaExhausted" } }
          ])
          yield* scene.advance("61 minutes")
          yield* refreshOf(instance, "seeded")
          yield* next(instance, "RefreshSucceeded")
          assert.strictEqual((yield* instance.pool.status).credentials[0]?.word, "cooling")
        })
      ),
    slow
  )

  it.live(
    "since it is paused is left alone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* addRow(scene, manualRow("last", yield* scene.logIn()))
          const instance = yield* scene.open({ policy })
          yield* instance.ledger.append([paused(false)])
          yield* scene.advance("61 minutes")
          assert.deepStrictEqual(yield* untilLastIsRefreshed(scene, instance), ["last"])
        })
      ),
    slow
  )

  it.live(
    "since it is paused is refreshed if it was paused to be kept alive",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const instance = yield* scene.open({ policy })
          yield* instance.ledger.append([paused(true)])
          yield* scene.advance("61 minutes")
          yield* next(instance, "RefreshSucceeded")
          assert.strictEqual((yield* instance.pool.status).credentials[0]?.word, "paused")
        })
      ),
    slow
  )

  it.live(
    "and is dead is left alone",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          yield* addRow(scene, manualRow("last", yield* scene.logIn()))
          const instance = yield* scene.open({ policy })
          yield* scene.sandbox.revoke({ grant: scene.login.grant })
          yield* Effect.ignore(instance.token({ credential: "seeded", forceRefresh: true }))
          yield* scene.advance("61 minutes")
          assert.deepStrictEqual(yield* untilLastIsRefreshed(scene, instance), ["seeded", "last"])
        })
      ),
    slow
  )

  it.live(
    "since it is paused to be kept alive has a lost answer asked for again, once its access token is over",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const first = yield* scene.open({ policy })
          first.edges.network.before("post", crash)
          yield* Effect.exit(first.token({ forceRefresh: true }))
          yield* first.close
          const second = yield* scene.open({ policy })
          yield* second.ledger.append([paused(true)])
          yield* scene.advance("2 hours")
          yield* next(second, "OutcomeLost")
          yield* next(second, "RefreshSucceeded")
          assert.deepStrictEqual(
            only(yield* scene.events, "RefreshStarted").map(({ data }) => data.trigger),
            ["proactive", "replay"]
          )
          assert.deepStrictEqual(yield* breaches(scene), [])
        })
      ),
    slow
  )
})
