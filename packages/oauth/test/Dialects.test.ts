/**
 * Every provider that comes with Daybook, refreshed over HTTP by a server that speaks its dialect and no other. What is
 * sent is compared byte for byte with what the provider's own clients send.
 */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Redacted } from "effect"
import type { GrantOptions } from "@daybook/sandbox/Grant"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"
import { classifyApi } from "@daybook/oauth/Classify"
import { describe as describeTokens, lacksScope } from "@daybook/oauth/Describe"
import type { Provider } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { copilot } from "@daybook/oauth/providers/Copilot"
import { googleGemini } from "@daybook/oauth/providers/GoogleGemini"
import { kimi } from "@daybook/oauth/providers/Kimi"
import { minimaxOAuth } from "@daybook/oauth/providers/MinimaxOAuth"
import { nous } from "@daybook/oauth/providers/Nous"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { qwenOAuth } from "@daybook/oauth/providers/QwenOAuth"
import { xaiOAuth } from "@daybook/oauth/providers/XaiOAuth"
import { overHttp, verdictOn } from "./support/OverHttp.ts"

interface Spoken {
  readonly provider: Provider
  readonly dialect: NonNullable<GrantOptions["dialect"]>
  readonly clientSecret?: string
  readonly method: "GET" | "POST"
  readonly path: string
  readonly contentType: string | null
  readonly body: (token: string) => string
  /** Beside those that every request has. */
  readonly headers: (token: string) => Readonly<Record<string, string>>
  readonly rotates: boolean
  /** What a spent token, a token of an ended login, and an ended login's access token at the API come to. */
  readonly reused: string
  readonly revoked: string
  readonly api: string
}

const form = "application/x-www-form-urlencoded"
const json = "application/json"
const nothing = () => ({})

const formOf = (clientId: string) => (token: string) =>
  `grant_type=refresh_token&refresh_token=${encodeURIComponent(token)}&client_id=${clientId}`

const dead = { reused: "Terminal Reused", revoked: "Terminal Revoked", api: "AccessExpired", rotates: true } as const
const posted = { method: "POST", contentType: form, headers: nothing, ...dead } as const
const googleClient = "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com"

const all: ReadonlyArray<Spoken> = [
  {
    ...posted,
    provider: openAiCodex,
    dialect: "codex",
    path: "/oauth/token",
    body: formOf("app_EMoamEEZ73f0CkXaXp7hrann"),
    api: "GrantRevoked"
  },
  {
    ...posted,
    provider: xaiOAuth,
    dialect: "xai",
    path: "/oauth2/token",
    body: formOf("b1a00492-073a-47ea-816f-4c329264a828"),
    reused: "Terminal Revoked"
  },
  {
    ...posted,
    provider: nous,
    dialect: "nous",
    path: "/api/oauth/token",
    body: () => "grant_type=refresh_token&client_id=hermes-cli",
    headers: (token) => ({ "x-nous-refresh-token": token })
  },
  {
    ...posted,
    provider: anthropic,
    dialect: "anthropic",
    path: "/v1/oauth/token",
    contentType: json,
    body: (token) =>
      `{"grant_type":"refresh_token","refresh_token":"${token}","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e"}`,
    headers: () => ({ "anthropic-beta": "oauth-2025-04-20" })
  },
  {
    ...posted,
    provider: qwenOAuth,
    dialect: "qwen",
    path: "/api/v1/oauth2/token",
    body: formOf("f0304373b74a44d2b584a3fb70ca9e56"),
    reused: "Terminal Revoked"
  },
  {
    ...posted,
    provider: minimaxOAuth,
    dialect: "minimax",
    path: "/oauth/token",
    body: formOf("78257093-7e40-4613-99e0-527b14b39113"),
    reused: "Terminal Revoked"
  },
  {
    ...posted,
    provider: kimi,
    dialect: "kimi",
    path: "/api/oauth/token",
    body: formOf("17e5f671-d194-4dfb-9706-5516cb48c098"),
    headers: () => ({ "x-msh-platform": "kimi_cli" })
  },
  {
    ...posted,
    provider: googleGemini,
    dialect: "google",
    clientSecret: "made-up secret",
    path: "/token",
    body: (token) => `${formOf(googleClient)(token)}&client_secret=made-up+secret`,
    rotates: false,
    reused: "Granted"
  },
  {
    ...posted,
    provider: copilot,
    dialect: "copilot",
    method: "GET",
    path: "/copilot_internal/v2/token",
    contentType: null,
    body: () => "",
    headers: (token) => ({
      authorization: `token ${token}`,
      "editor-version": "vscode/1.104.1",
      "editor-plugin-version": "copilot-chat/0.26.7"
    }),
    rotates: false,
    reused: "Granted"
  }
]

const optionsOf = ({ clientSecret, provider }: Spoken): GrantOptions => ({
  ...(provider.grantType === "exchange" ? {} : { clientId: provider.clientId ?? "" }),
  ...(clientSecret === undefined ? {} : { clientSecret })
})

const speak = (spoken: Spoken) => overHttp(spoken.provider, spoken.dialect, optionsOf(spoken), spoken.clientSecret)

it("every provider that comes with Daybook is spoken to here", () => {
  assert.deepStrictEqual(
    all.map(({ provider }) => provider.id),
    defaultProviders.map(({ id }) => id)
  )
})

describe.each(all.map((spoken) => [spoken.provider.id, spoken] as const))("%s", (_id, spoken) => {
  it.live("is asked in its own words, byte for byte", () =>
    Effect.gen(function* () {
      const over = yield* speak(spoken)
      const token = over.login.refresh_token
      assert.strictEqual((yield* over.refresh(token))._tag, "Granted")
      const [request, ...others] = yield* over.received
      assert.deepStrictEqual(others, [])
      assert.deepStrictEqual(request, {
        method: spoken.method,
        path: spoken.path,
        contentType: spoken.contentType,
        headers: {
          accept: json,
          "accept-encoding": "identity",
          "user-agent": "daybook",
          ...(spoken.contentType === null ? {} : { "content-type": spoken.contentType }),
          ...spoken.headers(token)
        },
        body: spoken.body(token)
      })
    })
  )

  it.live("gives new tokens that are understood: a lifetime, and rotation as declared", () =>
    Effect.gen(function* () {
      const over = yield* speak(spoken)
      const before = yield* Clock.currentTimeMillis
      const answer = yield* over.refresh(over.login.refresh_token)
      if (answer._tag !== "Granted") return assert.fail(JSON.stringify(answer.evidence))
      assert.strictEqual(answer.rotated, spoken.rotates)
      assert.strictEqual(answer.tokens.refresh !== undefined, spoken.rotates)
      assert.notStrictEqual(Redacted.value(answer.tokens.access!), over.login.access_token)
      const { expiresAt } = describeTokens(over.provider, answer.tokens)
      assert.isAtLeast(expiresAt ?? 0, before + 3_500_000)
      assert.isAtMost(expiresAt ?? 0, before + 3_700_000)
    })
  )

  it.live("refuses a spent token and an ended login in words that are understood", () =>
    Effect.gen(function* () {
      const over = yield* speak(spoken)
      const now = yield* Clock.currentTimeMillis
      const token = over.login.refresh_token
      yield* over.refresh(token)
      assert.strictEqual(verdictOn(over, yield* over.refresh(token), now), spoken.reused)
      yield* over.sandbox.revoke({ grant: over.login.grant })
      assert.strictEqual(verdictOn(over, yield* over.refresh(token), now), spoken.revoked)
    })
  )

  it.live("refuses an ended login's access token in words that are understood", () =>
    Effect.gen(function* () {
      const over = yield* speak(spoken)
      yield* over.sandbox.revoke({ grant: over.login.grant })
      const response = yield* Effect.promise(() =>
        fetch(`${over.sandbox.origin}/v1/models`, {
          headers: { authorization: `Bearer ${over.login.access_token}` }
        })
      )
      const body = yield* Effect.promise(() => response.text())
      const now = yield* Clock.currentTimeMillis
      const answer = { status: response.status, headers: Object.fromEntries(response.headers), body }
      const evidence = apiEvidence(answer, { now, secrets: [Redacted.make(over.login.access_token)] })
      assert.strictEqual(classifyApi(over.provider, "oauth", evidence, now).verdict, spoken.api)
    })
  )

  it.live("is sent nothing a second time, and nothing goes where its answer points", () =>
    Effect.gen(function* () {
      const over = yield* speak(spoken)
      const now = yield* Clock.currentTimeMillis
      yield* over.sandbox.fault({ fault: { _tag: "Redirect" } })
      const answer = yield* over.refresh(over.login.refresh_token)
      assert.strictEqual(verdictOn(over, answer, now), "Transient EdgeBlocked")
      assert.deepStrictEqual(yield* over.sandbox.trapped, [])
      assert.strictEqual((yield* over.received).length, 1)
    })
  )
})

describe("what a provider says beside the tokens", () => {
  it.live("nous: a token that serves as agent key, and which API it is for", () =>
    Effect.gen(function* () {
      const over = yield* overHttp(nous, "nous")
      const answer = yield* over.refresh(over.login.refresh_token)
      if (answer._tag !== "Granted") return assert.fail("refused")
      assert.isUndefined(lacksScope(over.provider, answer.tokens))
      assert.strictEqual(answer.tokens.resource, `${over.sandbox.origin}/v1`)
    })
  )

  it.live("anthropic: whose it is, and when the grant ends", () =>
    Effect.gen(function* () {
      const over = yield* overHttp(anthropic, "anthropic", { account: "account-1", grantLifetime: 2_592_000 })
      const now = yield* Clock.currentTimeMillis
      const answer = yield* over.refresh(over.login.refresh_token)
      if (answer._tag !== "Granted") return assert.fail("refused")
      const { deadline, subject } = describeTokens(over.provider, answer.tokens)
      assert.strictEqual(subject, "account-1")
      assert.isAtMost(Math.abs((deadline ?? 0) - now - 2_592_000_000), 10_000)
    })
  )

  it.live("qwen and copilot: which API the tokens are for", () =>
    Effect.gen(function* () {
      const qwen = yield* overHttp(qwenOAuth, "qwen")
      const first = yield* qwen.refresh(qwen.login.refresh_token)
      assert.strictEqual(first._tag === "Granted" ? first.tokens.resource : "", "portal.qwen.ai")
      const github = yield* overHttp(copilot, "copilot")
      const second = yield* github.refresh(github.login.refresh_token)
      assert.strictEqual(second._tag === "Granted" ? second.tokens.resource : "", github.sandbox.origin)
    })
  )

  it.live("google: nothing is sent without the client's secret, and a wrong one is nobody's login's fault", () =>
    Effect.gen(function* () {
      const client = { clientId: googleGemini.clientId ?? "", clientSecret: "right" }
      const now = yield* Clock.currentTimeMillis
      const without = yield* overHttp(googleGemini, "google", client)
      const unsent = yield* without.refresh(without.login.refresh_token)
      assert.strictEqual(verdictOn(without, unsent, now), "Transient Misconfigured")
      assert.deepStrictEqual(yield* without.received, [])
      const wrong = yield* overHttp(googleGemini, "google", client, "wrong")
      assert.strictEqual(
        verdictOn(wrong, yield* wrong.refresh(wrong.login.refresh_token), now),
        "Transient Misconfigured"
      )
    })
  )
})
