import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { full, half, headersOf, later, little, planned, soon } from "./support/Quota.ts"

describe("the windows of anthropic", () => {
  it.live("stand in the headers of a message", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("anthropic")
      yield* sandbox.quota({ grant, primary: half, secondary: little })
      const reply = yield* call
      assert.deepInclude(reply.body, { type: "message", role: "assistant", model: "m", stop_reason: "end_turn" })
      assert.deepStrictEqual(headersOf(reply, "anthropic-ratelimit-"), {
        "anthropic-ratelimit-unified-5h-utilization": "0.425",
        "anthropic-ratelimit-unified-5h-reset": String(soon),
        "anthropic-ratelimit-unified-5h-status": "allowed",
        "anthropic-ratelimit-unified-7d-utilization": "0.07",
        "anthropic-ratelimit-unified-7d-reset": String(later),
        "anthropic-ratelimit-unified-7d-status": "allowed",
        "anthropic-ratelimit-unified-status": "allowed",
        "anthropic-ratelimit-unified-reset": String(soon)
      })
    })
  )

  it.live("are not spoken of until they are set", () =>
    Effect.gen(function* () {
      const { call, usage } = yield* planned("anthropic")
      assert.deepStrictEqual(headersOf(yield* call, "anthropic-ratelimit-"), {})
      assert.nestedPropertyVal((yield* usage).body, "five_hour.utilization", 1)
    })
  )

  it.live("are shown by the usage endpoint, in percent and ISO time", () =>
    Effect.gen(function* () {
      const { sandbox, grant, usage } = yield* planned("anthropic")
      yield* sandbox.quota({ grant, primary: half, secondary: little })
      assert.deepStrictEqual((yield* usage).body, {
        five_hour: { utilization: 42.5, resets_at: "2026-06-01T02:00:00.000Z" },
        seven_day: { utilization: 7, resets_at: "2026-06-07T02:40:00.000Z" }
      })
    })
  )

  it.live("refuse messages once one is used up, and say which in the headers", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("anthropic")
      yield* sandbox.quota({ grant, primary: half, secondary: { usedPercent: 100, resetsAt: later } })
      const reply = yield* call
      assert.strictEqual(reply.status, 429)
      assert.deepStrictEqual(reply.body, {
        type: "error",
        error: {
          type: "rate_limit_error",
          message: "This request would exceed your account's rate limit. Please try again later."
        }
      })
      assert.deepInclude(headersOf(reply, "anthropic-ratelimit-"), {
        "anthropic-ratelimit-unified-5h-status": "allowed",
        "anthropic-ratelimit-unified-7d-status": "rejected",
        "anthropic-ratelimit-unified-status": "rejected",
        "anthropic-ratelimit-unified-reset": String(later)
      })
    })
  )

  it.live("do not refuse the question how much is left", () =>
    Effect.gen(function* () {
      const { sandbox, grant, usage } = yield* planned("anthropic")
      yield* sandbox.quota({ grant, primary: full })
      assert.nestedPropertyVal((yield* usage).body, "five_hour.utilization", 100)
    })
  )
})
