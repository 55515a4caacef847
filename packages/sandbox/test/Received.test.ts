import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { request } from "node:http"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as SandboxControl from "@daybook/sandbox/SandboxControl"
import * as Client from "./support/Client.ts"
import { loggedIn } from "./support/Dialects.ts"

const form = "application/x-www-form-urlencoded; charset=UTF-8"

/** Posts a body and headers as they stand, and answers what the journal shows of them. */
const received = (
  sandbox: Effect.Success<ReturnType<typeof Sandbox.make>>,
  path: string,
  headers: Record<string, string | Array<string>>,
  body: string | Uint8Array
) =>
  Effect.gen(function* () {
    const client = request(`${sandbox.origin}${path}`, { method: "POST", agent: false, headers })
    client.end(body)
    const response = yield* Client.responseOf(client)
    response.resume()
    return (yield* sandbox.settled(1)).request
  })

describe("the journal shows a token request", () => {
  it.live("byte for byte, in the client's own spelling and order", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { refresh_token } = yield* sandbox.issue()
      const body = `refresh_token=${refresh_token}&scope=a+b%20c&grant_type=refresh_token&x=%c3%a4`
      const shown = yield* received(sandbox, "/oauth/token", { "Content-Type": form, "X-Own": "1" }, body)
      assert.deepStrictEqual(shown, {
        method: "POST",
        path: "/oauth/token",
        contentType: form,
        headers: { "content-type": form, "x-own": "1" },
        body
      })
    })
  )

  it.live("with its query", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const shown = yield* received(sandbox, "/oauth/token?refresh_token=leak", { "content-type": form }, "")
      assert.strictEqual(shown?.path, "/oauth/token?refresh_token=leak")
    })
  )

  it.live("with a byte order mark and characters beyond ASCII", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const body = "\uFEFFgrant_type=ä€"
      const shown = yield* received(sandbox, "/oauth/token", { "content-type": form }, Buffer.from(body))
      assert.strictEqual(shown?.body, body)
    })
  )

  it.live("with both values of a header that came twice", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = { "content-type": form, "x-nous-refresh-token": ["one", "two"] }
      const shown = yield* received(sandbox, "/api/oauth/token", headers, "")
      assert.strictEqual(shown?.headers["x-nous-refresh-token"], "one, two")
    })
  )

  it.live("without a content type", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const shown = yield* received(sandbox, "/oauth/token", {}, "grant_type=refresh_token")
      assert.deepInclude(shown, { contentType: null, body: "grant_type=refresh_token" })
    })
  )

  it.live("that has no body", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("copilot")
      yield* refresh()
      const { request: shown } = yield* sandbox.settled(1)
      assert.deepInclude(shown, { method: "GET", path: "/copilot_internal/v2/token", contentType: null, body: "" })
      assert.deepInclude(shown?.headers, {
        authorization: `token ${login.refresh_token}`,
        "editor-version": "vscode/1.99.0"
      })
    })
  )

  it.live("to another process as well", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("anthropic")
      yield* refresh()
      const there = yield* SandboxControl.connect(sandbox.origin)
      assert.strictEqual(
        (yield* there.settled(1)).request?.body,
        JSON.stringify({ grant_type: "refresh_token", refresh_token: login.refresh_token, client_id: "app" })
      )
    })
  )

  it.live("only once all of it has arrived", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = { "content-type": form, "content-length": "26" }
      const client = request(`${sandbox.origin}/oauth/token`, { method: "POST", agent: false, headers })
      client.write("grant_type=")
      const opened = yield* Effect.repeat(sandbox.journal, { until: (journal) => journal.length > 0 })
      assert.isNull(opened[0]?.request)
      client.end("refresh_token=a")
      yield* Client.responseOf(client)
      assert.strictEqual((yield* sandbox.settled(1)).request?.body, "grant_type=refresh_token=a")
    })
  )
})
