import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { decodeJwt } from "jose"
import { rotations } from "@daybook/sandbox/Journal"
import * as Client from "../support/Client.ts"
import { expired, loggedIn, revoked, wrongly } from "../support/Dialects.ts"

const grant_type = "refresh_token"
const confidential = { clientId: "app", clientSecret: "shown" }

describe("google", () => {
  it.live("answers an access token and who the person is", () =>
    Effect.gen(function* () {
      const { refresh } = yield* loggedIn("google", { account: "ada", email: "ada@sandbox.test" })
      const reply = yield* refresh()
      assert.match(Client.textOf(reply, "access_token"), /^ya29\.[\w-]{43}$/)
      const { email, sub } = decodeJwt(Client.textOf(reply, "id_token"))
      assert.deepStrictEqual({ email, sub }, { email: "ada@sandbox.test", sub: "user-ada" })
      assert.deepInclude(reply.body, { expires_in: 3600, token_type: "Bearer" })
      assert.property(reply.body, "scope")
    })
  )

  it.live("never rotates, even if it is told to", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("google", { rotation: "on" })
      assert.notProperty((yield* refresh()).body, "refresh_token")
      assert.strictEqual((yield* refresh()).status, 200)
      assert.strictEqual(rotations(yield* sandbox.journal, login.grant), 0)
    })
  )

  it.live("calls a token that is revoked or expired one or the other", () =>
    Effect.gen(function* () {
      for (const reply of [yield* revoked("google"), yield* expired("google")]) {
        assert.strictEqual(reply.status, 400)
        assert.deepStrictEqual(reply.body, {
          error: "invalid_grant",
          error_description: "Token has been expired or revoked."
        })
      }
    })
  )

  it.live("refuses a wrong secret with 401", () =>
    Effect.gen(function* () {
      const { reply, after } = yield* wrongly(
        "google",
        (origin, refresh_token) =>
          Client.postForm(`${origin}/token`, { grant_type, refresh_token, client_id: "app", client_secret: "guessed" }),
        confidential
      )
      assert.strictEqual(reply.status, 401)
      assert.deepStrictEqual(reply.body, { error: "invalid_client", error_description: "Unauthorized" })
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses a request without the secret as malformed", () =>
    Effect.gen(function* () {
      const { reply, after } = yield* wrongly(
        "google",
        (origin, refresh_token) => Client.postForm(`${origin}/token`, { grant_type, refresh_token, client_id: "app" }),
        confidential
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("asks no secret of a client that has none", () =>
    Effect.gen(function* () {
      const { sandbox, login } = yield* loggedIn("google")
      const parameters = { grant_type, refresh_token: login.refresh_token }
      assert.strictEqual((yield* Client.postForm(`${sandbox.origin}/token`, parameters)).status, 200)
    })
  )

  it.live("refuses JSON", () =>
    Effect.gen(function* () {
      const { reply, after } = yield* wrongly("google", (origin, refresh_token) =>
        Client.postJson(`${origin}/token`, { grant_type, refresh_token })
      )
      assert.deepStrictEqual([reply.status, reply.body.error], [400, "invalid_request"])
      assert.strictEqual(after.status, 200)
    })
  )
})
