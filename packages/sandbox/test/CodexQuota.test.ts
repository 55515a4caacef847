import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { full, half, headersOf, later, little, planned, soon } from "./support/Quota.ts"

describe("the windows of codex", () => {
  it.live("stand in the headers of a model call", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: half, secondary: little })
      const reply = yield* call
      assert.strictEqual(reply.status, 200)
      assert.deepStrictEqual(headersOf(reply, "x-codex-"), {
        "x-codex-primary-used-percent": "42.5",
        "x-codex-primary-window-minutes": "300",
        "x-codex-primary-reset-at": String(soon),
        "x-codex-secondary-used-percent": "7",
        "x-codex-secondary-window-minutes": "10080",
        "x-codex-secondary-reset-at": String(later)
      })
    })
  )

  it.live("are not spoken of until they are set", () =>
    Effect.gen(function* () {
      const { call, usage } = yield* planned("codex")
      assert.deepStrictEqual(headersOf(yield* call, "x-codex-"), {})
      assert.nestedPropertyVal((yield* usage).body, "rate_limit.allowed", true)
      assert.nestedPropertyVal((yield* usage).body, "rate_limit.primary_window.used_percent", 1)
    })
  )

  it.live("may be one", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: half, secondary: little })
      yield* sandbox.quota({ grant, secondary: little })
      assert.sameMembers(Object.keys(headersOf(yield* call, "x-codex-")), [
        "x-codex-secondary-used-percent",
        "x-codex-secondary-window-minutes",
        "x-codex-secondary-reset-at"
      ])
    })
  )

  it.live("are shown by the usage endpoint", () =>
    Effect.gen(function* () {
      const { sandbox, grant, usage } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: half, secondary: little })
      assert.deepInclude((yield* usage).body, {
        plan_type: "pro",
        rate_limit: {
          allowed: true,
          limit_reached: false,
          primary_window: { used_percent: 42.5, limit_window_seconds: 18_000, reset_at: soon },
          secondary_window: { used_percent: 7, limit_window_seconds: 604_800, reset_at: later }
        }
      })
    })
  )

  it.live("refuse model calls once one is used up, with the headers", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: full, secondary: little })
      const reply = yield* call
      assert.strictEqual(reply.status, 429)
      assert.deepStrictEqual(reply.body, {
        error: { type: "usage_limit_reached", message: "The usage limit has been reached", resets_at: soon }
      })
      assert.strictEqual(reply.headers.get("x-codex-primary-used-percent"), "100")
      assert.deepInclude((yield* sandbox.apiCalls)[0], { status: 429, code: "usage_limit_reached" })
    })
  )

  it.live("refuse until the last of those that are used up starts again", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: full, secondary: { usedPercent: 120, resetsAt: later } })
      assert.nestedPropertyVal((yield* call).body, "error.resets_at", later)
    })
  )

  it.live("do not refuse the question how much is left", () =>
    Effect.gen(function* () {
      const { sandbox, grant, usage } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: full })
      const reply = yield* usage
      assert.strictEqual(reply.status, 200)
      assert.nestedPropertyVal(reply.body, "rate_limit.allowed", false)
      assert.nestedPropertyVal(reply.body, "rate_limit.limit_reached", true)
    })
  )

  it.live("let calls through again once they are set anew", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("codex")
      yield* sandbox.quota({ grant, primary: full })
      assert.strictEqual((yield* call).status, 429)
      yield* sandbox.quota({ grant })
      const reply = yield* call
      assert.strictEqual(reply.status, 200)
      assert.deepStrictEqual(headersOf(reply, "x-codex-"), {})
    })
  )
})
