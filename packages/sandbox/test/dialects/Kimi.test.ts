import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Client from "../support/Client.ts"
import { loggedIn, reused, revoked, unknown, wrongly } from "../support/Dialects.ts"

const grant_type = "refresh_token"
const client_id = "app"
const platform = { "x-msh-platform": "linux" }

describe("kimi", () => {
  it.live("answers opaque tokens with their scope", () =>
    Effect.gen(function* () {
      const { login, refresh } = yield* loggedIn("kimi")
      const reply = yield* refresh()
      assert.sameMembers(Object.keys(reply.body), [
        "access_token",
        "refresh_token",
        "expires_in",
        "scope",
        "token_type"
      ])
      assert.notStrictEqual(Client.textOf(reply, "refresh_token"), login.refresh_token)
    })
  )

  it.live("refuses a token that is reused, revoked or unknown with invalid_grant", () =>
    Effect.gen(function* () {
      for (const reply of [yield* reused("kimi"), yield* revoked("kimi"), yield* unknown("kimi")]) {
        assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_grant"])
      }
    })
  )

  it.live("refuses another client with 401, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly(
        "kimi",
        (origin, refresh_token) =>
          Client.postForm(`${origin}/api/oauth/token`, { grant_type, refresh_token, client_id: "other" }, platform),
        { clientId: client_id }
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [401, "invalid_client"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses a client that does not name its platform, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("kimi", (origin, refresh_token) =>
        Client.postForm(`${origin}/api/oauth/token`, { grant_type, refresh_token, client_id })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses JSON, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("kimi", (origin, refresh_token) =>
        Client.postJson(`${origin}/api/oauth/token`, { grant_type, refresh_token, client_id }, platform)
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses a refresh token in the header of its neighbour nous, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("kimi", (origin, token) =>
        Client.postForm(
          `${origin}/api/oauth/token`,
          { grant_type, client_id },
          { ...platform, "x-nous-refresh-token": token }
        )
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.isFalse(post.committed)
      assert.strictEqual(after.status, 200)
    })
  )
})
