import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as SandboxControl from "@daybook/sandbox/SandboxControl"
import * as Client from "./support/Client.ts"
import { full, half, planned } from "./support/Quota.ts"

describe("quota", () => {
  it.live("belongs to one grant", () =>
    Effect.gen(function* () {
      const { sandbox, grant } = yield* planned("codex")
      const other = yield* sandbox.issue()
      yield* sandbox.quota({ grant, primary: full })
      assert.strictEqual((yield* Client.callApi(sandbox.origin, other.access_token)).status, 200)
    })
  )

  it.live("of an unknown grant is a typed reason", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const error = yield* Effect.flip(sandbox.quota({ grant: "grant_x" }))
      assert.deepInclude(error.reason, { _tag: "UnknownGrant", grant: "grant_x" })
    })
  )

  it.live("is set from another process as well", () =>
    Effect.gen(function* () {
      const { sandbox, grant, call } = yield* planned("codex")
      const there = yield* SandboxControl.connect(sandbox.origin)
      yield* there.quota({ grant, primary: half })
      assert.strictEqual((yield* call).headers.get("x-codex-primary-used-percent"), "42.5")
    })
  )

  for (const dialect of ["codex", "anthropic"] as const) {
    it.live(`of ${dialect} is asked for in vain under a fault`, () =>
      Effect.gen(function* () {
        const { sandbox, grant, usage } = yield* planned(dialect)
        yield* sandbox.apiFault({ grant, fault: { _tag: "Redirect" } })
        yield* sandbox.apiFault({ grant, fault: { _tag: "Status", status: 503 } })
        const redirected = yield* usage
        assert.strictEqual(redirected.status, 307)
        assert.include(redirected.headers.get("location") ?? "", sandbox.trapOrigin)
        assert.strictEqual((yield* usage).status, 503)
        assert.strictEqual((yield* usage).status, 200)
      })
    )
  }
})
