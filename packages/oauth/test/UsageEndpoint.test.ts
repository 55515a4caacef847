import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { Login } from "@daybook/sandbox/Operations"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import { defineProvider, InvalidProvider, providerAt } from "@daybook/oauth/Provider"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { nous } from "@daybook/oauth/providers/Nous"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { type UsageAnswer, UsageEndpoint } from "@daybook/oauth/UsageEndpoint"

const resetsAt = 1_900_000_000
const asked = (provider: typeof openAiCodex, login: Pick<Login, "access_token">) =>
  UsageEndpoint.use((usage) => usage.read(provider, { access: Redacted.make(login.access_token) }, 5_000)).pipe(
    Effect.provide(UsageEndpoint.layer)
  )

const statusOf = (answer: UsageAnswer) => (answer._tag === "Refused" ? answer.evidence.status : answer._tag)

describe("a usage endpoint", () => {
  it.live("of openai-codex says how much of each window is used, to the workspace of the token", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.quota({ grant: login.grant, primary: { usedPercent: 42, resetsAt } })
      const answer = yield* asked(providerAt(openAiCodex, sandbox.origin), login)
      assert.strictEqual(answer._tag === "Windows" ? answer.windows[0]?.usedPercent : answer._tag, 42)
      const [call] = yield* sandbox.apiCalls
      assert.deepInclude(call, { method: "GET", path: "/backend-api/wham/usage", token: login.access_token })
    })
  )

  it.live("of anthropic says it in its own words", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ dialect: "anthropic" })
      yield* sandbox.quota({ grant: login.grant, secondary: { usedPercent: 100, resetsAt } })
      const answer = yield* asked(providerAt(anthropic, sandbox.origin), login)
      const week = answer._tag === "Windows" ? answer.windows.find(({ name }) => name === "7d") : undefined
      assert.deepStrictEqual(week, { name: "7d", usedPercent: 100, resetsAt: resetsAt * 1000 })
    })
  )

  it.live("may refuse, with evidence and without the token in it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.revoke({ grant: login.grant })
      const answer = yield* asked(providerAt(openAiCodex, sandbox.origin), login)
      assert.strictEqual(statusOf(answer), 401)
      assert.notInclude(JSON.stringify(answer), login.access_token)
    })
  )

  it.live("that points elsewhere sends no token there", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.apiFault({ fault: { _tag: "Redirect" } })
      assert.strictEqual(statusOf(yield* asked(providerAt(openAiCodex, sandbox.origin), login)), 307)
      assert.deepStrictEqual(yield* sandbox.trapped, [])
    })
  )

  it.live("is not asked where there is none, or outside the origins that may have the token", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      const here = providerAt(openAiCodex, sandbox.origin)
      const outside = { ...here, apiOrigins: ["https://api.example"] }
      assert.strictEqual((yield* asked(providerAt(nous, sandbox.origin), login))._tag, "Unasked")
      assert.strictEqual((yield* asked(outside, login))._tag, "Unasked")
      assert.deepStrictEqual(yield* sandbox.apiCalls, [])
    })
  )

  it("cannot be declared on an origin that may not have the token", () => {
    const declare = () => defineProvider({ ...openAiCodex, apiOrigins: ["https://api.example"] })
    assert.throws(declare, InvalidProvider)
  })
})
