import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Client from "../support/Client.ts"
import { expired, loggedIn, reused, revoked, unknown, wrongly } from "../support/Dialects.ts"

describe("qwen", () => {
  it.live("answers opaque tokens and the host of its model API", () =>
    Effect.gen(function* () {
      const { login, refresh } = yield* loggedIn("qwen")
      const reply = yield* refresh()
      assert.match(Client.textOf(reply, "access_token"), /^at_/)
      assert.notStrictEqual(Client.textOf(reply, "refresh_token"), login.refresh_token)
      assert.deepInclude(reply.body, { token_type: "Bearer", expires_in: 3600, resource_url: "portal.qwen.ai" })
    })
  )

  it.live("answers no refresh token if it does not rotate", () =>
    Effect.gen(function* () {
      const { refresh } = yield* loggedIn("qwen", { rotation: "off" })
      assert.notProperty((yield* refresh()).body, "refresh_token")
    })
  )

  it.live("calls a token that is reused, revoked, expired or unknown an invalid request", () =>
    Effect.gen(function* () {
      const replies = [yield* reused("qwen"), yield* revoked("qwen"), yield* expired("qwen"), yield* unknown("qwen")]
      for (const reply of replies) {
        assert.strictEqual(reply.status, 400)
        assert.deepStrictEqual(reply.body, {
          error: "invalid_request",
          error_description: "Invalid refresh token or client_id"
        })
      }
    })
  )

  it.live("refuses JSON in other words than a dead token, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("qwen", (origin, refresh_token) =>
        Client.postJson(`${origin}/api/v1/oauth2/token`, {
          grant_type: "refresh_token",
          refresh_token,
          client_id: "app"
        })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.notStrictEqual(reply.body.error_description, "Invalid refresh token or client_id")
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )
})
