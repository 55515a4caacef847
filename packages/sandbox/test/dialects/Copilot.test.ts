import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import * as Client from "../support/Client.ts"
import { expired, loggedIn, revoked, unknown, wrongly } from "../support/Dialects.ts"

const badCredentials = {
  message: "Bad credentials",
  documentation_url: "https://docs.github.com/rest",
  status: "401"
}

const derive = (origin: string, headers: Record<string, string>) =>
  Client.send(`${origin}/copilot_internal/v2/token`, { headers })

describe("copilot", () => {
  it.live("derives a token that says when it ends, and where it is good", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("copilot", { accessLifetime: 1800 })
      const reply = yield* refresh()
      assert.match(login.refresh_token, /^gho_[\w-]{43}$/)
      const [, exp] = /^tid=[0-9a-f]+;exp=(\d+);sku=\w+;proxy-ep=[\w.]+:[\w-]{43}$/.exec(Client.textOf(reply, "token"))!
      assert.deepInclude(reply.body, {
        expires_at: Number(exp),
        refresh_in: 1500,
        endpoints: { api: sandbox.origin }
      })
      assert.approximately(Number(exp), Date.now() / 1000 + 1800, 5)
    })
  )

  it.live("the derived token opens the model API", () =>
    Effect.gen(function* () {
      const { sandbox, refresh } = yield* loggedIn("copilot")
      const token = Client.textOf(yield* refresh(), "token")
      assert.strictEqual((yield* Client.callApi(sandbox.origin, token)).status, 200)
    })
  )

  it.live("the GitHub token is good again and again", () =>
    Effect.gen(function* () {
      const { sandbox, refresh } = yield* loggedIn("copilot", { rotation: "on" })
      assert.deepStrictEqual([(yield* refresh()).status, (yield* refresh()).status], [200, 200])
      assert.deepInclude((yield* sandbox.journal)[1], { committed: false, successor: null, reuse: false })
    })
  )

  it.live("calls a GitHub token that is revoked, expired or unknown bad credentials", () =>
    Effect.gen(function* () {
      for (const reply of [yield* revoked("copilot"), yield* expired("copilot"), yield* unknown("copilot")]) {
        assert.strictEqual(reply.status, 401)
        assert.deepStrictEqual(reply.body, badCredentials)
      }
    })
  )

  it.live("refuses a client that does not name its editor", () =>
    Effect.gen(function* () {
      const { reply, after } = yield* wrongly("copilot", (origin, token) =>
        derive(origin, { authorization: `token ${token}` })
      )
      assert.deepInclude(reply.body, { message: "Bad Request", status: "400" })
      assert.strictEqual(after.status, 200)
    })
  )

  it.live("refuses a GitHub token under another scheme", () =>
    Effect.gen(function* () {
      const { reply } = yield* wrongly("copilot", (origin, token) =>
        derive(origin, { authorization: `Bearer ${token}`, "editor-version": "vscode/1.99.0" })
      )
      assert.strictEqual(reply.status, 400)
    })
  )

  it.live("is journalled, parked and disturbed like any refresh", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("copilot")
      yield* sandbox.fault({ fault: { _tag: "Status", status: 503 }, grant: login.grant })
      const hold = yield* sandbox.hold("beforeReading", { grant: login.grant })
      const reply = yield* Effect.forkChild(refresh())
      yield* hold.parked()
      yield* hold.release
      assert.strictEqual((yield* Fiber.join(reply)).status, 503)
      assert.deepInclude(yield* sandbox.settled(1), {
        presented: login.refresh_token,
        grant: login.grant,
        fault: "Status",
        outcome: "answered"
      })
    })
  )
})
