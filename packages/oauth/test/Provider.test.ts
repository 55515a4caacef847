import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { UnsecuredJWT } from "jose"
import { apiHeadersOf, describe as describeTokens } from "@daybook/oauth/Describe"
import { otherVariableOf, variableOf } from "@daybook/oauth/Environment"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { googleGemini } from "@daybook/oauth/providers/GoogleGemini"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import {
  defineProvider,
  InvalidProvider,
  mayReceiveTokens,
  providerAt,
  type ProviderOptions
} from "@daybook/oauth/Provider"
import { Providers } from "@daybook/oauth/Providers"

const jwt = (claims: Record<string, unknown>) => Redacted.make(new UnsecuredJWT(claims).encode())

const refusalOf = (options: ProviderOptions): InvalidProvider => {
  try {
    defineProvider(options)
  } catch (error) {
    if (error instanceof InvalidProvider) return error
    throw error
  }
  return assert.fail("the definition was accepted")
}

const rule = {
  id: "p/dead",
  version: 1,
  surface: "token",
  when: { codes: ["dead"] },
  verdict: "Terminal",
  reason: "Revoked",
  confirm: true,
  source: "this test"
} as const

const loginAt = {
  id: "p",
  tokenEndpoint: "https://as.example/token",
  authorizationEndpoint: "https://as.example/authorize",
  clientId: "client-1",
  redirect: { kind: "loopback", host: "127.0.0.1", path: "/callback" }
} as const

describe("a definition", () => {
  it.each([
    ["redirect", "NoClientId", { clientId: undefined }],
    ["redirect", "NoEndpoint", { authorizationEndpoint: undefined }],
    ["redirect", "NotAPath", { redirect: { kind: "loopback", host: "127.0.0.1", path: "callback" } }],
    ["redirect", "NotAPort", { redirect: { kind: "loopback", host: "127.0.0.1", path: "/", port: 70_000 } }],
    ["redirect", "Insecure", { redirect: { kind: "page", uri: "http://as.example/code" } }],
    ["keyHeader", "NotAHeader", { keyHeader: "x api key" }],
    ["keyHeader", "NotAHeader", { keyHeader: "" }],
    ["authorizationEndpoint", "Insecure", { authorizationEndpoint: "http://as.example/authorize" }],
    ["authorizationParameters", "Reserved", { authorizationParameters: { state: "fixed" } }],
    [
      "device",
      "Insecure",
      {
        device: {
          _tag: "deviceauth",
          pollEndpoint: "http://as.example/poll",
          verificationUri: "https://as.example/device",
          redirectUri: "https://as.example/callback"
        }
      }
    ]
  ] as const)("of a login has no wrong %s: %s", (field, reason, wrong) => {
    const refusal = refusalOf({ ...loginAt, ...wrong } as ProviderOptions)
    assert.deepStrictEqual([refusal.field, refusal.reason], [field, reason])
  })

  it.each(["example_key", "1KEY", "A KEY", "KEY=x", "DAYBOOK_TOKEN"])(
    "may not hand a token over in the variable %s",
    (key) => {
      const { field, reason, value } = refusalOf({ ...loginAt, variables: { key } })
      assert.deepStrictEqual([field, reason, value], ["variables", "NotAVariable", key])
    }
  )

  it.each(["https://as.example/token", "http://127.0.0.1:9/token", "http://[::1]:9/token", "http://localhost/token"])(
    "may have its token endpoint at %s",
    (tokenEndpoint) => {
      assert.strictEqual(defineProvider({ id: "p", tokenEndpoint }).tokenEndpoint, tokenEndpoint)
    }
  )

  it.each([
    "http://as.example/token",
    "http://127.0.0.1.evil.example/token",
    "http://localhost.evil.example/",
    "ftp://127.0.0.1/token",
    "https://user:password@as.example/token",
    "https://as.example/token#fragment"
  ])("may not have its token endpoint at %s", (tokenEndpoint) => {
    const refusal = refusalOf({ id: "p", tokenEndpoint })
    assert.strictEqual(refusal.reason, "Insecure")
    assert.strictEqual(refusal.field, "tokenEndpoint")
    assert.notInclude(refusal.message, "password")
  })

  it("is refused without an id, with the field and the reason", () => {
    const refusal = refusalOf({ id: " ", tokenEndpoint: "https://as.example/token" })
    assert.deepStrictEqual([refusal.field, refusal.reason], ["id", "Blank"])
  })

  it("is refused with an address that is none", () => {
    const refusal = refusalOf({ id: "p", tokenEndpoint: "as.example/token" })
    assert.deepStrictEqual([refusal.field, refusal.reason], ["tokenEndpoint", "Malformed"])
  })

  it("is refused if its tokens would go to an API in clear", () => {
    const refusal = refusalOf({ id: "p", tokenEndpoint: "https://as.example", apiOrigins: ["http://api.example"] })
    assert.deepStrictEqual([refusal.field, refusal.reason], ["apiOrigins", "Insecure"])
  })

  it.each([
    ["grantType", "NoHeader", { grantType: "exchange" }],
    ["clientAuthentication", "NoClientId", { clientAuthentication: "client_secret_post" }],
    ["deviceEndpoint", "Insecure", { deviceEndpoint: "http://as.example/device" }],
    ["revocationEndpoint", "Malformed", { revocationEndpoint: "revoke" }],
    ["rules", "ForeignRule", { rules: [{ ...rule, id: "other/dead" }] }],
    ["rules", "NotLowerCase", { rules: [{ ...rule, when: { codes: ["DEAD"] } }] }],
    ["rules", "NotLowerCase", { rules: [{ ...rule, when: { words: ["Dead"] } }] }]
  ] as const)("is refused for its %s: %s", (field, reason, change) => {
    const refusal = refusalOf({ id: "p", tokenEndpoint: "https://as.example/token", ...change })
    assert.deepStrictEqual([refusal.field, refusal.reason], [field, reason])
    assert.match(refusal.message, /^Provider "p": \w+ ".+" .+\.$/)
  })

  it("names the origins to which tokens may go, and no other", () => {
    const provider = defineProvider({
      id: "p",
      tokenEndpoint: "https://as.example/token",
      apiOrigins: ["https://api.example/v1"]
    })
    assert.isTrue(mayReceiveTokens(provider, "https://api.example/v1/responses"))
    assert.isFalse(mayReceiveTokens(provider, "https://api.example:8443/v1/responses"))
    assert.isFalse(mayReceiveTokens(provider, "http://api.example/v1/responses"))
    assert.isFalse(mayReceiveTokens(provider, "https://api.example.evil.example/"))
    assert.isFalse(mayReceiveTokens(provider, "/v1/responses"))
  })
})

describe("a generic OAuth 2.0 provider", () => {
  const provider = oauth2({ id: "as", tokenEndpoint: "https://as.example/token" })

  it("takes the announced expiry before the token's own", () => {
    const access = jwt({ exp: 2_000_000_000 })
    assert.strictEqual(describeTokens(provider, { access, expiresAt: 5 }).expiresAt, 5)
    assert.strictEqual(describeTokens(provider, { access }).expiresAt, 2_000_000_000_000)
  })

  it("knows no expiry of an opaque token", () => {
    assert.deepStrictEqual(describeTokens(provider, { access: Redacted.make("opaque") }), {})
  })
})

describe("OpenAI Codex", () => {
  const claims = { exp: 1_795_000_000, iat: 1_794_000_000, sub: "user-1" }
  const named = { ...claims, "https://api.openai.com/auth": { chatgpt_account_id: "workspace-1" } }

  it("reads expiry, issue and workspace from the access token", () => {
    assert.deepStrictEqual(describeTokens(openAiCodex, { access: jwt(named), expiresAt: 5 }), {
      expiresAt: 1_795_000_000_000,
      issuedAt: 1_794_000_000_000,
      subject: "workspace-1"
    })
  })

  it("reads which user of the workspace it is, and knows none where the tokens name none", () => {
    const auth = { chatgpt_account_id: "workspace-1", chatgpt_user_id: "user-1" }
    const access = jwt({ ...claims, "https://api.openai.com/auth": auth })
    assert.strictEqual(describeTokens(openAiCodex, { access }).seat, "user-1")
    assert.isUndefined(describeTokens(openAiCodex, { access: jwt(named) }).seat)
  })

  it("falls back to the stored account, then to the subject", () => {
    assert.strictEqual(describeTokens(openAiCodex, { access: jwt(claims), account: "stored" }).subject, "stored")
    assert.strictEqual(describeTokens(openAiCodex, { access: jwt(claims) }).subject, "user-1")
  })

  it.each([
    ["an opaque token", Redacted.make("opaque")],
    ["a token without exp", jwt({ sub: "user-1" })],
    ["a token whose exp is no time", jwt({ exp: "soon" })],
    ["a token whose exp cannot be written down", jwt({ exp: 1e300 })]
  ] as const)("knows no expiry of %s", (_name, access) => {
    assert.isUndefined(describeTokens(openAiCodex, { access, expiresAt: 5 }).expiresAt)
  })

  it("names the workspace to the API, and nothing when it knows none", () => {
    assert.deepStrictEqual(apiHeadersOf(openAiCodex, { access: jwt(named) }), { "ChatGPT-Account-Id": "workspace-1" })
    assert.deepStrictEqual(apiHeadersOf(openAiCodex, { access: jwt(claims) }), {})
  })

  it.effect("can stand elsewhere under the same id", () =>
    Effect.gen(function* () {
      const elsewhere = providerAt(openAiCodex, "http://127.0.0.1:9")
      const providers = yield* Providers.pipe(Effect.provide(Providers.layer([openAiCodex, elsewhere])))
      assert.deepStrictEqual(providers.get("openai-codex"), Option.some(elsewhere))
      assert.deepStrictEqual(providers.get("unknown"), Option.none())
      assert.deepStrictEqual(providers.all, [elsewhere])
    })
  )
})

describe("the variable that client libraries read", () => {
  it("is another one for a login than for a key", () => {
    assert.strictEqual(variableOf(anthropic, "anthropic", "oauth"), "ANTHROPIC_AUTH_TOKEN")
    assert.strictEqual(variableOf(anthropic, "anthropic", "apiKey"), "ANTHROPIC_API_KEY")
    assert.strictEqual(otherVariableOf(anthropic, "ANTHROPIC_AUTH_TOKEN"), "ANTHROPIC_API_KEY")
    assert.isUndefined(variableOf(googleGemini, "google-gemini", "oauth"))
  })

  it("follows the custom of the field where nobody has defined the provider", () => {
    assert.strictEqual(variableOf(undefined, "together.ai", "apiKey"), "TOGETHER_AI_API_KEY")
    assert.isUndefined(variableOf(undefined, "openrouter", "oauth"))
    assert.isUndefined(variableOf(undefined, "1min", "apiKey"))
  })
})
