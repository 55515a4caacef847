/**
 * The ledger of a pool that ran: what would have been under another policy, and whether the present code decides it again
 * as it was decided.
 */
import { replayRules } from "@daybook/oauth/ReplayRules"
import { olderHermes } from "@daybook/pool/HermesPolicy"
import { defaults, type Policy } from "@daybook/pool/Policy"
import type { Recorded } from "@daybook/pool/Recorded"
import { Replay } from "@daybook/pool/replay/Replay"
import { WhatIf } from "@daybook/pool/replay/WhatIf"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { failing } from "./support/Failures.ts"
import { call } from "./support/ModelApi.ts"
import { inScene, quick, type Scene, slow } from "./support/Scene.ts"

const inAHurry = (policy: Policy): Policy => ({ ...policy, confirmAfter: quick.confirmAfter, lockWait: quick.lockWait })

const whatIf = (events: ReadonlyArray<Recorded>, policy: Policy) => {
  const replay = new WhatIf({ rules: replayRules(), policy })
  events.forEach(replay.add)
  return replay.end()
}

const divergences = (events: ReadonlyArray<Recorded>): number => {
  const replay = new Replay({ rules: replayRules() })
  events.forEach(replay.add)
  replay.end()
  assert.isAbove(replay.judged, 0)
  return replay.diverged
}

/** A program that asks every 20 minutes, for seven hours, and calls the API with what it gets. */
const askAllDay = Effect.fnUntraced(function* (scene: Scene, policy: Policy) {
  const instance = yield* scene.open({ policy })
  const body = JSON.stringify({ error: { code: "token_invalidated", message: "invalidated" } })
  let calls = 0
  for (let turn = 0; turn < 20; turn++) {
    const token = yield* Effect.result(instance.token())
    if (Result.isSuccess(token)) {
      yield* Effect.orDie(scene.sandbox.apiFault({ fault: { _tag: "Status", status: 401, body } }))
      yield* call(scene, instance, token.success)
      calls++
    }
    yield* scene.advance("21 minutes")
  }
  return { calls, events: yield* scene.events }
})

const longLived = { accessLifetime: 864_000 }

describe("a login that its API calls invalidated", () => {
  it.live(
    "is called seven times in a day under hermes' older rules, and would have been once under ours: as it is",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { calls, events } = yield* askAllDay(scene, inAHurry(olderHermes))
            assert.strictEqual(calls, 7)
            assert.deepStrictEqual(whatIf(events, defaults).deadRequests, { recorded: 7, saved: 6, beyond: 0 })
            assert.strictEqual(divergences(events), 0)
          }),
        longLived
      ),
    slow
  )

  it.live(
    "is called once under ours, and a course under hermes' older rules makes no further call up",
    () =>
      inScene(
        (scene) =>
          Effect.gen(function* () {
            const { calls, events } = yield* askAllDay(scene, inAHurry(defaults))
            assert.strictEqual(calls, 1)
            assert.deepStrictEqual(whatIf(events, olderHermes).deadRequests, { recorded: 1, saved: 0, beyond: 0 })
            assert.strictEqual(divergences(events), 0)
          }),
        longLived
      ),
    slow
  )
})

describe("a bare 401 of the token endpoint", () => {
  it.live(
    "would have cost a good login under hermes' rules: the next refresh proves it",
    () =>
      inScene((scene) =>
        Effect.gen(function* () {
          const { token } = yield* scene.open()
          yield* Effect.orDie(scene.sandbox.fault({ fault: { _tag: "Status", status: 401, body: "" } }))
          assert.strictEqual(yield* failing(token({ forceRefresh: true })), "Unrecognized")
          yield* scene.advance("1 hour")
          yield* token()
          const events = yield* scene.events
          const { apart, lostLogins, missed } = whatIf(events, olderHermes)
          assert.deepStrictEqual(
            lostLogins.map(({ proof }) => proof),
            ["refresh"]
          )
          assert.strictEqual(missed.length, 1)
          assert.strictEqual(apart.length, 1)
          assert.strictEqual(divergences(events), 0)
        })
      ),
    slow
  )
})
