import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Client from "./support/Client.ts"
import { loggedIn, type Provider } from "./support/Dialects.ts"

/** What the model API answers to an access token whose life is over. */
const expired = (dialect: Provider) =>
  Effect.gen(function* () {
    const { sandbox, login } = yield* loggedIn(dialect, { accessLifetime: 0 })
    return yield* Client.callApi(sandbox.origin, login.access_token)
  })

/** What the model API answers to an access token whose grant was killed. */
const revoked = (dialect: Provider) =>
  Effect.gen(function* () {
    const { sandbox, login } = yield* loggedIn(dialect)
    yield* sandbox.revoke({ grant: login.grant })
    return yield* Client.callApi(sandbox.origin, login.access_token)
  })

describe("the model API refuses a dead access token", () => {
  it.live("of xai with 403, as if it were a question of rights", () =>
    Effect.gen(function* () {
      for (const reply of [yield* expired("xai"), yield* revoked("xai")]) {
        assert.strictEqual(reply.status, 403)
        assert.deepStrictEqual(reply.body, {
          code: "The caller does not have permission to execute the specified operation",
          error: "The OAuth2 access token could not be validated. [WKE=unauthenticated:bad-credentials]"
        })
      }
    })
  )

  it.live("of anthropic and says that it was revoked", () =>
    Effect.gen(function* () {
      const reply = yield* revoked("anthropic")
      assert.strictEqual(reply.status, 401)
      assert.deepStrictEqual(reply.body, {
        type: "error",
        error: { type: "authentication_error", message: "OAuth access token has been revoked." }
      })
    })
  )

  it.live("of anthropic and says that it has expired", () =>
    Effect.gen(function* () {
      const reply = yield* expired("anthropic")
      assert.strictEqual(reply.status, 401)
      assert.nestedPropertyVal(reply.body, "error.message", "OAuth token has expired.")
    })
  )

  it.live("of qwen as an invalid API key", () =>
    Effect.gen(function* () {
      for (const reply of [yield* expired("qwen"), yield* revoked("qwen")]) {
        assert.strictEqual(reply.status, 401)
        assert.deepStrictEqual(reply.body.error, {
          code: "invalid_api_key",
          message: "invalid access token or token expired",
          type: "invalid_request_error"
        })
        assert.property(reply.body, "request_id")
      }
    })
  )

  it.live("of google as unauthenticated", () =>
    Effect.gen(function* () {
      for (const reply of [yield* expired("google"), yield* revoked("google")]) {
        assert.strictEqual(reply.status, 401)
        assert.deepStrictEqual(reply.body, {
          error: {
            code: 401,
            message: "Request had invalid authentication credentials.",
            status: "UNAUTHENTICATED"
          }
        })
      }
    })
  )

  for (const dialect of ["nous", "minimax", "kimi", "copilot"] as const) {
    it.live(`of ${dialect} as RFC 6750 has it`, () =>
      Effect.gen(function* () {
        const reply = yield* revoked(dialect)
        assert.deepStrictEqual([reply.status, reply.body.error], [401, "invalid_token"])
        assert.match(reply.headers.get("www-authenticate") ?? "", /^Bearer error="invalid_token"/)
      })
    )
  }
})
