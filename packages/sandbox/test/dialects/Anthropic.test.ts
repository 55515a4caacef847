import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Client from "../support/Client.ts"
import { expired, loggedIn, reused, revoked, unknown, wrongly } from "../support/Dialects.ts"

const notFound = { error: "invalid_grant", error_description: "Refresh token not found or invalid" }

describe("anthropic", () => {
  it.live("answers tokens of its own spelling, and whose they are", () =>
    Effect.gen(function* () {
      const { login, refresh } = yield* loggedIn("anthropic", { account: "ada", email: "ada@sandbox.test" })
      const reply = yield* refresh()
      assert.match(login.refresh_token, /^sk-ant-ort01-[\w-]{43}$/)
      assert.match(Client.textOf(reply, "access_token"), /^sk-ant-oat01-[\w-]{43}$/)
      assert.notStrictEqual(Client.textOf(reply, "refresh_token"), login.refresh_token)
      assert.deepInclude(reply.body, {
        token_type: "Bearer",
        expires_in: 3600,
        account: { uuid: "ada", email_address: "ada@sandbox.test" },
        organization: { uuid: "organization-ada" }
      })
    })
  )

  it.live("says how long the login can still be refreshed, if it ends", () =>
    Effect.gen(function* () {
      const ending = yield* loggedIn("anthropic", { grantLifetime: 600 })
      assert.approximately(Number((yield* ending.refresh()).body.refresh_token_expires_in), 600, 5)
      const endless = yield* loggedIn("anthropic")
      assert.notProperty((yield* endless.refresh()).body, "refresh_token_expires_in")
    })
  )

  it.live("names the reuse of a token", () =>
    Effect.gen(function* () {
      const reply = yield* reused("anthropic")
      assert.strictEqual(reply.status, 400)
      assert.deepStrictEqual(reply.body, { error: "invalid_grant", error_description: "refresh_token_reused" })
    })
  )

  it.live("does not find a token that is revoked, expired or unknown", () =>
    Effect.gen(function* () {
      for (const reply of [yield* revoked("anthropic"), yield* expired("anthropic"), yield* unknown("anthropic")]) {
        assert.strictEqual(reply.status, 400)
        assert.deepStrictEqual(reply.body, notFound)
      }
    })
  )

  it.live("refuses a form, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("anthropic", (origin, refresh_token) =>
        Client.postForm(`${origin}/v1/oauth/token`, { grant_type: "refresh_token", refresh_token, client_id: "app" })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )
})
