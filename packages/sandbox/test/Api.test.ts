import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"

describe("the model API", () => {
  it.live("answers each endpoint in the field's shape", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { access_token } = yield* sandbox.issue({ plan: "pro" })
      const response = yield* Client.callApi(sandbox.origin, access_token)
      assert.deepInclude(response.body, { object: "response", status: "completed", model: "gpt-x" })
      const completion = yield* Client.send(`${sandbox.origin}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${access_token}` },
        body: "{}"
      })
      assert.deepInclude(completion.body, { object: "chat.completion", model: "sandbox-1" })
      const models = yield* Client.get(`${sandbox.origin}/v1/models`, access_token)
      assert.strictEqual(models.body.object, "list")
      const usage = yield* Client.get(`${sandbox.origin}/backend-api/wham/usage`, access_token)
      assert.strictEqual(usage.body.plan_type, "pro")
      assert.nestedPropertyVal(usage.body, "rate_limit.primary_window.limit_window_seconds", 18_000)
    })
  )

  it.live("tells expired, revoked and unknown tokens apart", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const expired = yield* sandbox.issue({ firstAccessLifetime: 0 })
      const invalidated = yield* sandbox.issue()
      const revoked = yield* sandbox.issue()
      yield* sandbox.revoke({ grant: invalidated.grant })
      yield* sandbox.revoke({ grant: revoked.grant, code: "token_revoked" })
      const tokens = [expired, invalidated, revoked].map((login) => login.access_token)
      const replies = yield* Effect.forEach([...tokens, "nobody"], (token) => Client.callApi(sandbox.origin, token))
      assert.deepStrictEqual(
        replies.map((reply) => reply.status),
        [401, 401, 401, 401]
      )
      assert.deepStrictEqual(
        (yield* sandbox.apiCalls).map((call) => call.code),
        ["token_expired", "token_invalidated", "token_revoked", null]
      )
    })
  )

  it.live("a generic refusal speaks RFC 6750", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ dialect: "generic", accessLifetime: 0 })
      const reply = yield* Client.callApi(sandbox.origin, login.access_token)
      assert.strictEqual(reply.body.error, "invalid_token")
      assert.match(reply.headers.get("www-authenticate") ?? "", /^Bearer error="invalid_token"/)
    })
  )

  it.live("expireAccess ends today's access tokens and not tomorrow's", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* sandbox.expireAccess({ grant: login.grant })
      assert.strictEqual((yield* Client.callApi(sandbox.origin, login.access_token)).status, 401)
      const reply = yield* Client.refresh(sandbox.origin, login.refresh_token)
      assert.strictEqual((yield* Client.callApi(sandbox.origin, Client.textOf(reply, "access_token"))).status, 200)
    })
  )

  it.live("queued faults meet authenticated calls of their grant only", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const one = yield* sandbox.issue()
      const two = yield* sandbox.issue()
      yield* sandbox.apiFault({ fault: { _tag: "UsageLimit", resetsAt: 1_780_279_200 }, grant: one.grant })
      yield* sandbox.apiFault({ fault: { _tag: "HtmlChallenge" }, grant: one.grant })
      yield* sandbox.apiFault({
        fault: { _tag: "Status", status: 429, headers: { "retry-after": "30" } },
        grant: one.grant
      })
      assert.strictEqual((yield* Client.callApi(sandbox.origin, two.access_token)).status, 200)
      const limited = yield* Client.callApi(sandbox.origin, one.access_token)
      assert.deepInclude(limited.body.error, { type: "usage_limit_reached", resets_at: 1_780_279_200 })
      const challenged = yield* Client.callApi(sandbox.origin, one.access_token)
      assert.strictEqual(challenged.headers.get("cf-mitigated"), "challenge")
      const slowed = yield* Client.callApi(sandbox.origin, one.access_token)
      assert.strictEqual(slowed.headers.get("retry-after"), "30")
      assert.strictEqual((yield* Client.callApi(sandbox.origin, one.access_token)).status, 200)
    })
  )

  it.live("is journalled by token, grant and status", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* Client.callApi(sandbox.origin, login.access_token)
      assert.deepInclude((yield* sandbox.apiCalls)[0], {
        seq: 1,
        method: "POST",
        path: "/v1/responses",
        token: login.access_token,
        grant: login.grant,
        status: 200
      })
    })
  )
})

describe("revocation (RFC 7009)", () => {
  it.live("a refresh token takes its grant with it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      assert.strictEqual((yield* Client.revoke(sandbox.origin, login.refresh_token)).status, 200)
      assert.strictEqual((yield* Client.callApi(sandbox.origin, login.access_token)).status, 401)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, login.refresh_token)).status, 401)
    })
  )

  it.live("an access token dies alone", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      yield* Client.revoke(sandbox.origin, login.access_token)
      assert.strictEqual((yield* Client.callApi(sandbox.origin, login.access_token)).status, 401)
      assert.strictEqual((yield* Client.refresh(sandbox.origin, login.refresh_token)).status, 200)
    })
  )

  it.live("is written down: the token, what it was said to be, and whose it was", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue()
      for (const token of [login.access_token, login.refresh_token, "nobody"]) {
        yield* Client.revoke(sandbox.origin, token)
      }
      assert.deepStrictEqual(
        (yield* sandbox.revocations).map(({ seq, token, grant }) => ({ seq, token, grant })),
        [
          { seq: 1, token: login.access_token, grant: login.grant },
          { seq: 2, token: login.refresh_token, grant: login.grant },
          { seq: 3, token: "nobody", grant: null }
        ]
      )
    })
  )

  it.live("an unknown token is answered like any other", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      assert.strictEqual((yield* Client.revoke(sandbox.origin, "nobody")).status, 200)
    })
  )
})
