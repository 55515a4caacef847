import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { apiKeyProvider } from "@daybook/oauth/ApiKeyProvider"
import { carrying, revealForApi } from "@daybook/oauth/ApiRequest"
import { defineProvider, mayReceiveTokens } from "@daybook/oauth/Provider"
import { anthropic } from "@daybook/oauth/providers/Anthropic"
import { copilot } from "@daybook/oauth/providers/Copilot"
import { googleGemini } from "@daybook/oauth/providers/GoogleGemini"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"

const tokens = { access: Redacted.make("the-token"), account: "the-account" }

const bearer = { authorization: "Bearer the-token" }

describe("a request carries", () => {
  it.each([
    [
      "a login as a bearer token, with the account it is of",
      openAiCodex,
      "oauth",
      { ...bearer, "chatgpt-account-id": "the-account" }
    ],
    [
      "a login with the provider's fixed headers",
      anthropic,
      "oauth",
      { ...bearer, "anthropic-beta": "oauth-2025-04-20" }
    ],
    ["an API key in the header of Anthropic", anthropic, "apiKey", { "x-api-key": "the-token" }],
    ["an API key in the header of Google", googleGemini, "apiKey", { "x-goog-api-key": "the-token" }],
    ["an API key as a bearer token elsewhere", openAiCodex, "apiKey", bearer]
  ] as const)("%s", (_, provider, kind, headers) => {
    assert.deepStrictEqual(revealForApi(provider, kind, tokens), headers)
  })
})

describe("of the caller's own headers", () => {
  const sent = (provider: typeof anthropic, own: Record<string, string>) =>
    Object.fromEntries(carrying(new Headers(own), provider, revealForApi(provider, "oauth", tokens)))

  it("those where a credential stands are replaced, whoever they are of", () => {
    const own = { Authorization: "Bearer mine", "X-Api-Key": "mine", "x-goog-api-key": "mine", "api-key": "mine" }
    assert.deepStrictEqual(sent(openAiCodex, own), { ...bearer, "chatgpt-account-id": "the-account" })
  })

  it("features are kept, and none is named twice", () => {
    const beta = (own: string) => sent(anthropic, { "anthropic-beta": own })["anthropic-beta"]
    assert.strictEqual(beta("mine"), "mine,oauth-2025-04-20")
    assert.strictEqual(beta("mine, oauth-2025-04-20"), "mine, oauth-2025-04-20")
  })

  it("fixed words are kept", () => {
    assert.strictEqual(sent(copilot, { "Editor-Version": "mine" })["editor-version"], "mine")
  })

  it("another login's account is not", () => {
    assert.strictEqual(sent(openAiCodex, { "chatgpt-account-id": "mine" })["chatgpt-account-id"], "the-account")
  })

  it("the rest is as it was", () => {
    assert.strictEqual(sent(anthropic, { "x-mine": "kept" })["x-mine"], "kept")
  })

  it("the object is not touched", () => {
    const own = new Headers({ authorization: "mine" })
    carrying(own, anthropic, revealForApi(anthropic, "oauth", tokens))
    assert.deepStrictEqual(Object.fromEntries(own), { authorization: "mine" })
  })
})

describe("a provider of API keys", () => {
  it("is its origins, and what else it says", () => {
    const router = apiKeyProvider({ id: "router", apiOrigins: ["https://router.example"], keyHeader: "X-Router-Key" })
    assert.isTrue(mayReceiveTokens(router, "https://router.example/v1"))
    assert.isFalse(mayReceiveTokens(router, "https://elsewhere.example/v1"))
    assert.deepStrictEqual(revealForApi(router, "apiKey", tokens), { "x-router-key": "the-token" })
    assert.strictEqual(router.relogin, "Put a new API key for router in its place.")
  })

  it("has its key alone in its header, whatever else a login would need", () => {
    const mixed = defineProvider({ ...anthropic, keyHeader: "x-api-key" })
    assert.deepStrictEqual(Object.keys(revealForApi(mixed, "apiKey", tokens)), ["x-api-key"])
  })
})
