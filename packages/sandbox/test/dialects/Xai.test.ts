import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decodeJwt } from "jose"
import * as Client from "../support/Client.ts"
import { expired, loggedIn, reused, revoked, unknown, wrongly } from "../support/Dialects.ts"

describe("xai", () => {
  it.live("answers JWTs, a new refresh token and the person's email", () =>
    Effect.gen(function* () {
      const { login, refresh } = yield* loggedIn("xai", { account: "ada", email: "ada@sandbox.test" })
      const reply = yield* refresh()
      const access = decodeJwt(Client.textOf(reply, "access_token"))
      assert.strictEqual((access.exp ?? 0) - (access.iat ?? 0), 3600)
      assert.strictEqual(access.sub, "user-ada")
      assert.strictEqual(decodeJwt(Client.textOf(reply, "id_token")).email, "ada@sandbox.test")
      assert.notStrictEqual(Client.textOf(reply, "refresh_token"), login.refresh_token)
      assert.deepInclude(reply.body, { token_type: "Bearer", expires_in: 3600 })
    })
  )

  it.live("calls a reused token revoked", () =>
    Effect.gen(function* () {
      const reply = yield* reused("xai")
      assert.strictEqual(reply.status, 400)
      assert.deepStrictEqual(reply.body, {
        error: "invalid_grant",
        error_description: "Refresh token has been revoked"
      })
    })
  )

  it.live("calls a revoked token revoked", () =>
    Effect.gen(function* () {
      const reply = yield* revoked("xai")
      assert.strictEqual(reply.status, 400)
      assert.strictEqual(reply.body.error_description, "Refresh token has been revoked")
    })
  )

  it.live("does not find a token that was never issued", () =>
    Effect.gen(function* () {
      const reply = yield* unknown("xai")
      assert.strictEqual(reply.status, 400)
      assert.deepStrictEqual(reply.body, {
        error: "invalid_grant",
        error_description: "Refresh token not found or invalid"
      })
    })
  )

  it.live("refuses an expired token with invalid_grant", () =>
    Effect.gen(function* () {
      const reply = yield* expired("xai")
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_grant"])
    })
  )

  it.live("refuses JSON, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("xai", (origin, refresh_token) =>
        Client.postJson(`${origin}/oauth2/token`, { grant_type: "refresh_token", refresh_token, client_id: "app" })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses a request that names no client, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("xai", (origin, refresh_token) =>
        Client.postForm(`${origin}/oauth2/token`, { grant_type: "refresh_token", refresh_token })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("revokes at the endpoint that its discovery names", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("xai")
      yield* Client.postForm(`${sandbox.origin}/oauth2/revoke`, { token: login.refresh_token })
      assert.strictEqual((yield* refresh()).body.error_description, "Refresh token has been revoked")
    })
  )
})
