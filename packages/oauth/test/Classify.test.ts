import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Evidence } from "@daybook/pool/Evidence"
import { classifyApi, classifyToken } from "@daybook/oauth/Classify"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import { type Answer, evidenceOf, faultEvidence, unread } from "@daybook/oauth/ParseAnswer"
import { apiRules, tokenRules } from "@daybook/oauth/Rules"

const now = Date.parse("2026-11-22T10:00:00.000Z")
const read = (answer: Answer): Evidence => evidenceOf(answer, { now, secrets: [] })
const json = (status: number, body: unknown, headers: Answer["headers"] = {}): Evidence =>
  read({ status, headers, body: JSON.stringify(body) })
const html = (status: number, body = "<html><body>502 Bad Gateway</body></html>"): Evidence =>
  read({ status, headers: { "content-type": "text/html" }, body })
const token = (evidence: Evidence) => classifyToken(openAiCodex, evidence, now)
const api = (evidence: Evidence) => classifyApi(openAiCodex, "oauth", evidence, now)

describe("rules", () => {
  const rules = [...tokenRules(openAiCodex), ...apiRules(openAiCodex)]

  it("are plain data", () => {
    assert.deepStrictEqual(JSON.parse(JSON.stringify(rules)), rules)
  })

  it("have ids of their own", () => {
    assert.strictEqual(new Set(rules.map((rule) => rule.id)).size, rules.length)
  })

  it("compare with lower case only, so that none of them can be out of reach", () => {
    for (const { codes = [], withoutWords = [], words = [] } of rules.map((rule) => rule.when)) {
      for (const text of [...codes, ...words, ...withoutWords]) assert.strictEqual(text, text.toLowerCase())
    }
  })

  it("of a provider come before the common ones", () => {
    const strange = oauth2({
      id: "strange",
      tokenEndpoint: "https://as.example/token",
      rules: [
        {
          id: "strange/invalid_request",
          version: 1,
          surface: "token",
          when: { codes: ["invalid_request"], words: ["refresh token"] },
          verdict: "Terminal",
          reason: "Revoked",
          confirm: true,
          source: "this test"
        }
      ]
    })
    const evidence = json(400, { error: "invalid_request", error_description: "Invalid Refresh Token or client_id" })
    assert.strictEqual(classifyToken(strange, evidence, now).rule, "strange/invalid_request")
    assert.strictEqual(token(evidence).rule, "codes/misconfigured")
  })
})

describe("the words of invalid_grant", () => {
  it.each([
    ["Refresh token reuse detected", "Reused"],
    ["This token has already been used.", "Reused"],
    ["refresh_token_reused", "Reused"],
    ["The refresh token expired", "Expired"],
    ["Token has been expired or revoked.", "Revoked"],
    ["The refresh token is invalid or expired", "Revoked"],
    ["Nothing that anyone knows", "Revoked"]
  ])("%s: %s", (error_description, reason) => {
    const verdict = token(json(400, { error: "invalid_grant", error_description }))
    assert.deepStrictEqual([verdict.verdict, verdict.reason], ["Terminal", reason])
  })
})

describe("an answer after which the token may be spent", () => {
  it.each([408, 502, 504])("is an unknown outcome: a gateway's page with %i", (status) => {
    assert.strictEqual(token(html(status)).reason, "OutcomeUnknown")
  })

  it("is never taken for a block at the edge: a page with 500 or 503", () => {
    for (const status of [500, 503]) {
      assert.strictEqual(token(html(status, "<html><title>Just a moment...</title></html>")).reason, "ServerError")
    }
  })

  it.each(["timeout", "ECONNRESET", "UND_ERR_SOCKET", "body-cut"])("is one without an end: %s", (fault) => {
    assert.strictEqual(token(faultEvidence(fault, true, 400)).reason, "OutcomeUnknown")
  })
})

describe("a block at the edge", () => {
  it("is a page instead of JSON, or a challenge whatever its status", () => {
    assert.strictEqual(token(html(403)).reason, "EdgeBlocked")
    assert.strictEqual(
      token(read({ status: 503, headers: { "cf-mitigated": "challenge" }, body: "" })).reason,
      "EdgeBlocked"
    )
  })
})

describe("a request that was never sent", () => {
  it("is no matter of the network if the endpoint would have been sent tokens in clear", () => {
    assert.strictEqual(token(faultEvidence("insecure-endpoint", false)).reason, "Misconfigured")
    assert.strictEqual(token(faultEvidence("ECONNREFUSED", false)).reason, "Network")
  })
})

describe("an unrecognized answer", () => {
  it("has a shape that equal answers share, and others do not have one", () => {
    const teapot = { verdict: "Transient", reason: "Unrecognized", rule: "unrecognized" } as const
    assert.deepStrictEqual(token(json(418, { error: "teapot" })), { ...teapot, shape: "418/json/teapot" })
    assert.deepStrictEqual(token(read({ status: 401, headers: {}, body: "no" })), { ...teapot, shape: "401/text/" })
    assert.deepStrictEqual(token(json(400, { error: "invalid_client" })), {
      verdict: "Transient",
      reason: "Misconfigured",
      rule: "codes/misconfigured"
    })
  })
})

describe("a time to come back", () => {
  const limited = (headers: Answer["headers"], body: unknown = {}) => token(json(429, body, headers))
  const seconds = (verdict: ReturnType<typeof token>) =>
    verdict.verdict === "Transient" && verdict.until !== undefined ? (verdict.until - now) / 1000 : undefined

  it.each([
    [{ "retry-after": "120" }, {}, 120],
    [{ "retry-after": "Sun, 22 Nov 2026 10:02:00 GMT" }, {}, 120],
    [{ "retry-after": "Sun, 22 Nov 2026 09:58:00 GMT" }, {}, undefined],
    [{ "retry-after": "1.5" }, {}, undefined],
    [{ "retry-after": "99999999999999999999" }, {}, undefined],
    [{ "x-ratelimit-reset": "60" }, {}, 60],
    [{ "x-ratelimit-reset": String(now / 1000 + 60) }, {}, 60],
    [{ "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s" }, {}, 360],
    [{}, { error: { resets_in_seconds: 90 } }, 90],
    [{}, { error: { resets_at: now / 1000 + 90 } }, 90],
    [{}, { error: { resets_at: now + 90_000 } }, 90],
    [{}, { resets_at: "2026-11-22T10:01:30Z" }, 90],
    [{}, { retry_after: 1.5 }, 1.5],
    [{}, { error: { message: "Please try again in 20ms." } }, 0.02],
    [{}, { error: { message: "Resets in 1 day, 2 hours and 3 mins" } }, 93_780],
    [{}, { error: { message: "Try again in a while" } }, undefined],
    [{ "retry-after": "5" }, { error: { resets_in_seconds: 7200 } }, 7200]
  ] as const)("%j %j: %s s", (headers, body, expected) => {
    assert.strictEqual(seconds(limited(headers, body)), expected)
  })

  it("is not read from limits that come with every answer unless a limit was hit", () => {
    assert.isUndefined(json(400, {}, { "x-ratelimit-reset-requests": "6m0s" }).retryAfter)
  })
})

describe("a model API's refusal", () => {
  it.each([401, 403])("with invalid_token and %i is about the access token of a login, and about a key", (status) => {
    const evidence = json(status, { error: "invalid_token" })
    assert.strictEqual(api(evidence).verdict, "AccessExpired")
    assert.strictEqual(classifyApi(openAiCodex, "apiKey", evidence, now).verdict, "GrantRevoked")
  })

  it("with token_revoked ends the grant only under 401", () => {
    assert.strictEqual(api(json(401, { error: { code: "token_revoked" } })).verdict, "GrantRevoked")
    assert.strictEqual(api(json(400, { error: { code: "token_revoked" } })).verdict, "RequestFault")
  })

  it("that never came holds nothing against the credential", () => {
    assert.strictEqual(api(faultEvidence("ECONNRESET", true)).verdict, "UpstreamFault")
  })

  it("too large to read is judged by its status", () => {
    assert.strictEqual(api(read({ status: 401, headers: {}, body: unread })).verdict, "AccessExpired")
  })

  it("in a message that merely quotes a limit is the request's fault", () => {
    assert.strictEqual(api(json(400, { error: { message: "Unknown tool: usage limit" } })).verdict, "RequestFault")
  })
})

it("recorded evidence gives the same verdict when it is read again", () => {
  const codec = Schema.toCodecJson(Evidence)
  const evidence = json(429, { error: { code: "usage_limit_reached", message: "Wait" } }, { "retry-after": "60" })
  const again = Schema.decodeUnknownSync(codec)(Schema.encodeSync(codec)(evidence))
  assert.deepStrictEqual(token(again), token(evidence))
})
