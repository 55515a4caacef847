import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Dialect } from "@daybook/sandbox/Grant"
import { Sandbox } from "@daybook/sandbox/Sandbox"
import * as Client from "./support/Client.ts"
import { loggedIn, type Provider, refreshAs } from "./support/Dialects.ts"

const endpoints: Record<Dialect, string> = {
  codex: "/oauth/token",
  generic: "/oauth/token",
  topLevel: "/oauth/token",
  minimax: "/oauth/token",
  xai: "/oauth2/token",
  nous: "/api/oauth/token",
  kimi: "/api/oauth/token",
  anthropic: "/v1/oauth/token",
  qwen: "/api/v1/oauth2/token",
  google: "/token",
  copilot: "/copilot_internal/v2/token"
}

const providers = ["xai", "nous", "anthropic", "qwen", "minimax", "kimi", "google", "copilot"] as const

const elsewhere = (dialect: Provider) => providers.filter((other) => endpoints[other] !== endpoints[dialect])

describe("the endpoint of a dialect", () => {
  for (const dialect of providers) {
    it.live(`is the only one where a ${dialect} token is known`, () =>
      Effect.gen(function* () {
        const { sandbox, login, refresh } = yield* loggedIn(dialect)
        for (const other of elsewhere(dialect)) yield* refreshAs[other](sandbox.origin, login.refresh_token)
        for (const post of yield* sandbox.journal) {
          assert.deepInclude(post, { presented: login.refresh_token, grant: null, committed: false, successor: null })
        }
        yield* refresh()
        assert.strictEqual((yield* sandbox.journal).at(-1)?.grant, login.grant)
      })
    )
  }

  it.live("refuses a token of another as one that it does not know", () =>
    Effect.gen(function* () {
      const { sandbox, login } = yield* loggedIn("qwen")
      const reply = yield* refreshAs.xai(sandbox.origin, login.refresh_token)
      assert.strictEqual(reply.body.error_description, "Refresh token not found or invalid")
    })
  )

  it.live("sees no reuse in a spent token of another, and no family to revoke", () =>
    Effect.gen(function* () {
      const { sandbox, login, refresh } = yield* loggedIn("xai", { reuse: "revokeFamily" })
      const successor = Client.textOf(yield* refresh(), "refresh_token")
      yield* refreshAs.qwen(sandbox.origin, login.refresh_token)
      assert.deepInclude((yield* sandbox.journal)[1], { reuse: false, grant: null })
      assert.strictEqual((yield* refresh(successor)).status, 200)
    })
  )

  it.live("does not know a codex token at the endpoint of xai, nor an xai token at the one of codex", () =>
    Effect.gen(function* () {
      const { sandbox, login: xai } = yield* loggedIn("xai")
      const codex = yield* sandbox.issue({ dialect: "codex" })
      const atXai = yield* refreshAs.xai(sandbox.origin, codex.refresh_token)
      assert.strictEqual(atXai.body.error, "invalid_grant")
      const atCodex = yield* Client.refresh(sandbox.origin, xai.refresh_token)
      assert.nestedPropertyVal(atCodex.body, "error.code", "invalid_refresh_token")
    })
  )

  it.live("is not served to another method", () =>
    Effect.gen(function* () {
      const { origin } = yield* Sandbox.make()
      assert.strictEqual((yield* Client.send(`${origin}/oauth2/token`, {})).status, 404)
      assert.strictEqual((yield* Client.postForm(`${origin}/copilot_internal/v2/token`, {})).status, 404)
    })
  )

  it.live("redirects to its own path in the trap", () =>
    Effect.gen(function* () {
      const { sandbox, refresh } = yield* loggedIn("anthropic")
      yield* sandbox.fault({ fault: { _tag: "Redirect" } })
      const reply = yield* refresh()
      assert.strictEqual(reply.headers.get("location"), `${sandbox.trapOrigin}/v1/oauth/token`)
    })
  )
})

describe("a shared endpoint", () => {
  it.live("serves nous by the token in the header and kimi by the token in the body", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const nous = yield* sandbox.issue({ dialect: "nous" })
      const kimi = yield* sandbox.issue({ dialect: "kimi" })
      assert.property((yield* refreshAs.nous(sandbox.origin, nous.refresh_token)).body, "inference_base_url")
      assert.strictEqual((yield* refreshAs.kimi(sandbox.origin, kimi.refresh_token)).body.scope, "kimi-code")
    })
  )

  it.live("serves codex and minimax, each in its own form", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const codex = yield* sandbox.issue({ dialect: "codex" })
      const minimax = yield* sandbox.issue({ dialect: "minimax" })
      assert.property((yield* Client.refresh(sandbox.origin, codex.refresh_token)).body, "id_token")
      assert.property((yield* refreshAs.minimax(sandbox.origin, minimax.refresh_token)).body, "expired_in")
    })
  )
})

describe("a login of any dialect", () => {
  for (const dialect of providers) {
    it.live(`of ${dialect} is answered in the common form, with a token that opens the model API`, () =>
      Effect.gen(function* () {
        const { sandbox, login } = yield* loggedIn(dialect, { account: "ada" })
        assert.deepInclude(login, { account_id: "ada", token_type: "Bearer", expires_in: 3600 })
        assert.includeMembers([...(yield* sandbox.issuedTokens)], [login.access_token, login.refresh_token])
        assert.strictEqual((yield* Client.callApi(sandbox.origin, login.access_token)).status, 200)
      })
    )

    it.live(`of ${dialect} is refreshed to a token that opens the model API`, () =>
      Effect.gen(function* () {
        const { sandbox, refresh } = yield* loggedIn(dialect)
        const reply = yield* refresh()
        const token = Client.textOf(reply, dialect === "copilot" ? "token" : "access_token")
        assert.strictEqual((yield* Client.callApi(sandbox.origin, token)).status, 200)
      })
    )
  }
})
