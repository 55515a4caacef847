import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decodeJwt } from "jose"
import * as Client from "../support/Client.ts"
import { loggedIn, reused, revoked, wrongly } from "../support/Dialects.ts"

const grant_type = "refresh_token"
const client_id = "app"

describe("nous", () => {
  it.live("answers a JWT that may invoke, and where", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("nous", { accessLifetime: 900 })
      const reply = yield* refresh()
      const claims = decodeJwt(Client.textOf(reply, "access_token"))
      assert.strictEqual(claims.scope, "inference:invoke")
      assert.strictEqual((claims.exp ?? 0) - (claims.iat ?? 0), 900)
      assert.notStrictEqual(Client.textOf(reply, "refresh_token"), login.refresh_token)
      assert.deepInclude(reply.body, {
        token_type: "Bearer",
        expires_in: 900,
        scope: "inference:invoke",
        inference_base_url: `${sandbox.origin}/v1`
      })
    })
  )

  it.live("names the reuse of a token", () =>
    Effect.gen(function* () {
      const reply = yield* reused("nous")
      assert.strictEqual(reply.status, 400)
      assert.deepStrictEqual(reply.body, {
        error: "invalid_grant",
        error_description: "Refresh token reuse detected; please re-authenticate"
      })
    })
  )

  it.live("says that a session was revoked", () =>
    Effect.gen(function* () {
      const reply = yield* revoked("nous")
      assert.strictEqual(reply.status, 400)
      assert.deepStrictEqual(reply.body, {
        error: "invalid_grant",
        error_description: "Refresh session has been revoked"
      })
    })
  )

  it.live("refuses a refresh token in the body, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("nous", (origin, refresh_token) =>
        Client.postForm(`${origin}/api/oauth/token`, { grant_type, refresh_token, client_id })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses a refresh token in both places, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("nous", (origin, refresh_token) =>
        Client.postForm(
          `${origin}/api/oauth/token`,
          { grant_type, refresh_token, client_id },
          { "x-nous-refresh-token": refresh_token }
        )
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses JSON, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("nous", (origin, token) =>
        Client.postJson(`${origin}/api/oauth/token`, { grant_type, client_id }, { "x-nous-refresh-token": token })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("journals the token of the header as the one presented", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("nous")
      yield* refresh()
      assert.deepInclude(yield* sandbox.settled(1), { presented: login.refresh_token, grant: login.grant })
    })
  )
})
