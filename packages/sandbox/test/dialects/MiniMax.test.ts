import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "../support/Client.ts"
import { expired, loggedIn, refreshAs, reused, revoked, wrongly } from "../support/Dialects.ts"

const dead = { base_resp: { status_code: 1004, status_msg: "invalid_grant" } }

describe("minimax", () => {
  it.live("answers a success by name, with the end of the access token in milliseconds", () =>
    Effect.gen(function* () {
      const { login, refresh } = yield* loggedIn("minimax", { accessLifetime: 900 })
      const before = Date.now()
      const reply = yield* refresh()
      assert.deepInclude(reply.body, { status: "success", token_type: "Bearer" })
      assert.property(reply.body, "resource_url")
      assert.notProperty(reply.body, "expires_in")
      assert.isAtLeast(Number(reply.body.expired_in), before + 900_000)
      assert.isAtMost(Number(reply.body.expired_in), Date.now() + 900_000)
      assert.notStrictEqual(Client.textOf(reply, "refresh_token"), login.refresh_token)
    })
  )

  it.live("refuses a token that is reused, revoked or expired under status 200", () =>
    Effect.gen(function* () {
      for (const reply of [yield* reused("minimax"), yield* revoked("minimax"), yield* expired("minimax")]) {
        assert.strictEqual(reply.status, 200)
        assert.deepStrictEqual(reply.body, dead)
      }
    })
  )

  it.live("refuses an unknown token under status 200 where it is the sandbox's own dialect", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ dialect: "minimax" })
      const reply = yield* refreshAs.minimax(sandbox.origin, "never-issued")
      assert.strictEqual(reply.status, 200)
      assert.deepStrictEqual(reply.body, dead)
    })
  )

  it.live("leaves an unknown token to the dialect of the sandbox, with which it shares its endpoint", () =>
    Effect.gen(function* () {
      const { refresh } = yield* loggedIn("minimax")
      const reply = yield* refresh("never-issued")
      assert.strictEqual(reply.status, 401)
      assert.nestedPropertyVal(reply.body, "error.code", "invalid_refresh_token")
    })
  )

  it.live("refuses JSON under status 200, and spends nothing", () =>
    Effect.gen(function* () {
      const { reply, post, after } = yield* wrongly("minimax", (origin, refresh_token) =>
        Client.refreshJson(origin, { grant_type: "refresh_token", refresh_token, client_id: "app" })
      )
      assert.strictEqual(reply.status, 200)
      assert.nestedPropertyVal(reply.body, "base_resp.status_msg", "invalid_request")
      assert.isFalse(post.committed)
      assert.strictEqual(after.body.status, "success")
    })
  )

  it.live("a refusal under status 200 does not stop where a commit would", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("minimax")
      yield* sandbox.revoke({ grant: login.grant })
      yield* sandbox.hold("afterCommit")
      assert.deepStrictEqual((yield* refresh()).body, dead)
    })
  )

  it.live("a refusal under status 200 is a refusal also where a fault would take the access token away", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("minimax")
      yield* sandbox.revoke({ grant: login.grant })
      yield* sandbox.fault({ fault: { _tag: "NoAccessToken" } })
      assert.deepStrictEqual((yield* refresh()).body, dead)
    })
  )
})
