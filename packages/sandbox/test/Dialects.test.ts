import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Dialect } from "@daybook/sandbox/Grant"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"

const reused = (dialect: Dialect) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const login = yield* sandbox.issue({ dialect })
    yield* Client.refresh(sandbox.origin, login.refresh_token)
    return yield* Client.refresh(sandbox.origin, login.refresh_token)
  })

const errorKeys = (value: unknown) => (typeof value === "object" && value !== null ? Object.keys(value) : [])

describe("refusals of the token endpoint", () => {
  it.live("codex nests the error", () =>
    Effect.gen(function* () {
      const reply = yield* reused("codex")
      assert.strictEqual(reply.status, 401)
      assert.deepStrictEqual(errorKeys(reply.body.error), ["message", "type", "param", "code"])
      assert.deepInclude(reply.body.error, {
        type: "invalid_request_error",
        param: null,
        code: "refresh_token_reused"
      })
    })
  )

  it.live("generic is flat, as RFC 6749 section 5.2 has it", () =>
    Effect.gen(function* () {
      const reply = yield* reused("generic")
      assert.strictEqual(reply.status, 400)
      assert.deepStrictEqual(reply.body, {
        error: "invalid_grant",
        error_description: "Refresh token reuse detected"
      })
    })
  )

  it.live("topLevel has code and message at the top", () =>
    Effect.gen(function* () {
      const reply = yield* reused("topLevel")
      assert.strictEqual(reply.body.code, "refresh_token_reused")
      assert.sameMembers(Object.keys(reply.body), ["code", "message"])
    })
  )

  it.live("expired, revoked and unknown tokens have codes of their own", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const expired = yield* sandbox.issue({ refreshLifetime: 0 })
      const revoked = yield* sandbox.issue()
      yield* sandbox.revoke({ grant: revoked.grant })
      const tokens = [expired.refresh_token, revoked.refresh_token, "rt_never_issued"]
      yield* Effect.forEach(tokens, (token) => Client.refresh(sandbox.origin, token))
      assert.deepStrictEqual(
        (yield* sandbox.journal).map((post) => post.code),
        ["refresh_token_expired", "refresh_token_invalidated", "invalid_refresh_token"]
      )
    })
  )

  it.live("a token of no grant is refused in the sandbox's own dialect", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ dialect: "generic" })
      const reply = yield* Client.refresh(sandbox.origin, "rt_never_issued")
      assert.strictEqual(reply.body.error, "invalid_grant")
    })
  )

  it.live("the wrong client is refused, and the right one is served afterwards", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const login = yield* sandbox.issue({ dialect: "generic", clientId: "app" })
      const wrong = yield* Client.refresh(sandbox.origin, login.refresh_token, { client_id: "other" })
      assert.deepStrictEqual([wrong.status, wrong.body.error], [401, "invalid_client"])
      const right = yield* Client.refresh(sandbox.origin, login.refresh_token, { client_id: "app" })
      assert.strictEqual(right.status, 200)
    })
  )

  it.live("a malformed body and a foreign grant type are told apart", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ dialect: "generic" })
      const bodies = [{}, { grant_type: "refresh_token", refresh_token: "" }, { grant_type: "password" }]
      const replies = yield* Effect.forEach(bodies, (body) => Client.refreshJson(sandbox.origin, body))
      assert.deepStrictEqual(
        replies.map((reply) => reply.body.error),
        ["invalid_request", "invalid_request", "unsupported_grant_type"]
      )
    })
  )
})

describe("metadata", () => {
  it.live("names the endpoints at the same origin", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const reply = yield* Client.send(`${sandbox.origin}/.well-known/oauth-authorization-server`, {})
      assert.deepInclude(reply.body, {
        issuer: sandbox.origin,
        token_endpoint: `${sandbox.origin}/oauth/token`,
        revocation_endpoint: `${sandbox.origin}/oauth/revoke`
      })
    })
  )
})
