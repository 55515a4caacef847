import { assert, describe, it } from "@effect/vitest"
import { Redacted, Schema } from "effect"
import { Evidence } from "@daybook/pool/Evidence"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"
import { classifyApi, classifyToken } from "@daybook/oauth/Classify"
import { openAiCodex } from "@daybook/oauth/providers/OpenAiCodex"
import {
  type Answer,
  evidenceOf,
  maxBodyLength,
  parseAnswer,
  type ParsedAnswer,
  unread
} from "@daybook/oauth/ParseAnswer"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { tokenRules } from "@daybook/oauth/Rules"

const now = Date.parse("2026-11-22T10:00:00.000Z")
const sent = Redacted.make("rt-sent-1")
const received = { now, secrets: [sent] }
const json = (status: number, body: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body)
})
const parse = (answer: Answer): ParsedAnswer => parseAnswer(openAiCodex, answer, received)
const verdictOf = (answer: Answer) => classifyToken(openAiCodex, evidenceOf(answer, received), now)

/** Any two secrets look the same to a comparison, so their values are compared. */
const inClear = (parsed: ParsedAnswer): unknown =>
  parsed._tag === "Refusal"
    ? parsed
    : {
        ...parsed,
        tokens: Object.fromEntries(
          Object.entries(parsed.tokens).map(([name, value]) => [
            name,
            Redacted.isRedacted(value) ? Redacted.value(value) : value
          ])
        )
      }

const isEvidence = Schema.is(Evidence)
const Status = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1200 }))
const HeaderFields = Schema.Record(
  Schema.Literals([
    "content-type",
    "retry-after",
    "retry-after-ms",
    "www-authenticate",
    "cf-mitigated",
    "x-request-id",
    "set-cookie",
    "x-codex-primary-used-percent",
    "x-codex-primary-reset-at",
    "anthropic-ratelimit-unified-5h-utilization",
    "x-ratelimit-reset-requests"
  ]),
  Schema.String
)
const Code = Schema.String.check(Schema.isPattern(/^[a-z_]{1,20}$/))
const Shape = Schema.Union([
  Schema.Struct({ error: Code, error_description: Schema.String }),
  Schema.Struct({ error: Schema.Struct({ code: Code, message: Schema.String }) }),
  Schema.Struct({ error: Schema.Struct({ type: Code }) }),
  Schema.Struct({ code: Code, message: Schema.String }),
  Schema.Struct({ base_resp: Schema.Struct({ status_code: Schema.Int, status_msg: Schema.String }) }),
  Schema.Array(Schema.Struct({ error: Schema.Struct({ code: Schema.Int, status: Code, details: Schema.Json }) }))
])

/** By every provider's definition: a verdict that may be recorded, and no success without an access token. */
const isAnyAnswerUnderstood = (answer: Answer): void => {
  const toApi = apiEvidence(answer, received)
  assert.isTrue(isEvidence(toApi), JSON.stringify(toApi))
  for (const provider of [undefinedProvider, ...defaultProviders]) {
    const parsed = parseAnswer(provider, answer, received)
    if (parsed._tag === "Tokens") assert.isDefined(parsed.tokens.access)
    const evidence = parsed._tag === "Refusal" ? parsed.evidence : evidenceOf(answer, received)
    assert.isTrue(isEvidence(evidence), JSON.stringify(evidence))
    assert.oneOf(classifyToken(provider, evidence, now).verdict, ["Transient", "Terminal"])
    for (const kind of ["oauth", "apiKey"] as const) {
      assert.isDefined(classifyApi(provider, kind, toApi, now).verdict)
    }
  }
}

describe("whatever a server sends", () => {
  it.prop(
    "text is parsed and classified",
    { status: Status, headers: HeaderFields, body: Schema.String },
    ({ body, headers, status }) => isAnyAnswerUnderstood({ status, headers, body })
  )

  it.prop("JSON is parsed and classified", { status: Status, body: Schema.Json }, ({ body, status }) =>
    isAnyAnswerUnderstood(json(status, body))
  )

  it.prop("an error shape is parsed and classified", { status: Status, body: Shape }, ({ body, status }) =>
    isAnyAnswerUnderstood(json(status, body))
  )

  it.prop("bytes are parsed and classified", { status: Status, bytes: Schema.Uint8Array }, ({ bytes, status }) =>
    isAnyAnswerUnderstood({ status, headers: {}, body: new TextDecoder().decode(bytes) })
  )

  it("a body nested a hundred thousand deep is parsed and classified", () => {
    const body = `{"error":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
    isAnyAnswerUnderstood({ status: 400, headers: {}, body })
    isAnyAnswerUnderstood({ status: 400, headers: {}, body: `${"[".repeat(100_000)}${"]".repeat(100_000)}` })
  })

  it.each(["a", "\\", "%", "x@", "=", "eyJ", "1", " again in 1"])(
    "a message of a million %s does not stall it",
    (unit) => {
      const message = unit.repeat(Math.floor(500_000 / unit.length))
      isAnyAnswerUnderstood(json(400, { error: { code: "x", message } }))
    }
  )

  it("a body over a mebibyte is left unread, whatever its status, and its headers count", () => {
    const body = JSON.stringify({ error: "invalid_grant", access_token: "x", pad: " ".repeat(maxBodyLength) })
    const headers = { "x-request-id": "req-1", "retry-after": "60" }
    for (const status of [200, 400]) {
      const parsed = parse({ status, headers, body })
      const evidence = { status, unread: true as const, requestId: "req-1", retryAfter: now + 60_000, left: true }
      assert.deepStrictEqual(parsed, { _tag: "Refusal", evidence })
    }
  })

  it.each([
    [200, "OutcomeUnknown"],
    [400, "Unrecognized"],
    [401, "Unrecognized"],
    [429, "RateLimited"],
    [500, "ServerError"],
    [502, "OutcomeUnknown"]
  ])("an unread body leaves the verdict to the status %i", (status, reason) => {
    assert.strictEqual(verdictOf({ status, headers: {}, body: unread }).reason, reason)
  })
})

describe("a verdict", () => {
  const terminal = new Set(
    tokenRules(openAiCodex).flatMap((rule) => (rule.verdict === "Terminal" ? (rule.when.codes ?? []) : []))
  )

  it.prop("is never terminal without a code that a rule names", { status: Status, body: Shape }, ({ body, status }) => {
    const { code } = evidenceOf(json(status, body), received)
    if (!terminal.has(code ?? "")) assert.strictEqual(verdictOf(json(status, body)).verdict, "Transient")
  })

  it.prop("is never terminal for text", { status: Status, body: Schema.String }, ({ body, status }) => {
    const text = `invalid_grant refresh_token_reused account_deactivated ${body}`
    assert.strictEqual(verdictOf({ status, headers: {}, body: text }).verdict, "Transient")
  })

  it.each([...terminal])("does not depend on the letter case of %s", (code) => {
    const plain = verdictOf(json(400, { error: code }))
    assert.strictEqual(plain.verdict, "Terminal")
    for (const spelled of [code.toUpperCase(), code.replace(/(?:^|_)[a-z]/g, (start) => start.toUpperCase())]) {
      assert.deepStrictEqual(verdictOf(json(400, { error: spelled })), plain)
    }
  })

  it.each([
    { error: { code: "refresh_token_reused", message: "Your refresh token has already been used", type: "x" } },
    { error: "invalid_grant", error_description: "Refresh token reuse detected" },
    { code: "account_deactivated", message: "Your account has been deactivated." }
  ])("is never terminal for a body cut at any byte: %j", (body) => {
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    for (let length = 0; length < bytes.length; length++) {
      const cut = new TextDecoder().decode(bytes.subarray(0, length))
      assert.strictEqual(verdictOf({ status: 400, headers: {}, body: cut }).verdict, "Transient")
    }
    assert.strictEqual(verdictOf(json(400, body)).verdict, "Terminal")
  })
})

describe("a success", () => {
  const Tokens = Schema.Struct({
    refresh_token: Schema.optionalKey(Schema.String),
    id_token: Schema.optionalKey(Schema.String),
    access_token: Schema.optionalKey(Schema.Literals(["", " "])),
    expires_in: Schema.Finite
  })
  const Success = Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 299 }))

  it.prop("is no 2xx without access token", { status: Success, body: Tokens }, ({ body, status }) => {
    const parsed = parse(json(status, body))
    if (parsed._tag === "Tokens") return assert.fail("taken as a success")
    assert.strictEqual(parsed.evidence.status, status)
    assert.strictEqual(parsed.successor !== undefined, (body.refresh_token ?? "").trim() !== "")
  })

  it.prop("is no other status", { status: Status }, ({ status }) => {
    const parsed = parse(json(status, { access_token: "at-2", refresh_token: "rt-2" }))
    assert.strictEqual(parsed._tag, status >= 200 && status <= 299 ? "Tokens" : "Refusal")
  })

  it("is no 2xx cut at any byte", () => {
    const body = JSON.stringify({ access_token: "at-2", refresh_token: "rt-2", expires_in: 3600 })
    for (let length = 0; length < body.length; length++) {
      const parsed = parse({ status: 200, headers: {}, body: body.slice(0, length) })
      assert.strictEqual(parsed._tag, "Refusal")
      assert.notInclude(JSON.stringify(parsed), "-2")
    }
  })

  it("carries tokens, expiry counted from the moment of receipt, account and request id", () => {
    const parsed = parse(
      json(
        200,
        { access_token: "at-2", refresh_token: "rt-2", id_token: "id-2", expires_in: 3600, account_id: "account-1" },
        { "x-request-id": "req_0123456789abcdef0123456789" }
      )
    )
    assert.deepStrictEqual(inClear(parsed), {
      _tag: "Tokens",
      tokens: {
        access: "at-2",
        refresh: "rt-2",
        idToken: "id-2",
        account: "account-1",
        expiresAt: now + 3_600_000,
        refreshedAt: now
      },
      rotated: true,
      requestId: "req_0123456789abcdef0123456789"
    })
  })

  it.each([{ access_token: "at-2" }, { access_token: "at-2", refresh_token: "" }])(
    "without refresh token is not rotated: %j",
    (body) => {
      const parsed = parse(json(200, body))
      assert.deepStrictEqual(inClear(parsed), {
        _tag: "Tokens",
        tokens: { access: "at-2", refreshedAt: now },
        rotated: false
      })
    }
  )

  it("with the refresh token that was sent is not rotated", () => {
    const parsed = parse(json(200, { access_token: "at-2", refresh_token: "rt-sent-1" }))
    assert.isFalse(parsed._tag === "Tokens" && parsed.rotated)
  })

  it("that also says an error is none, but its tokens are handed back", () => {
    const parsed = parse(json(200, { error: "oops", access_token: "at-2", refresh_token: "rt-2" }))
    if (parsed._tag === "Tokens") return assert.fail("taken as a success")
    assert.strictEqual(Redacted.value(parsed.successor!.refresh!), "rt-2")
    assert.deepStrictEqual(parsed.evidence, { status: 200, code: "oops", body: "json", successor: true, left: true })
  })

  it("is not made of the refresh token that was sent", () => {
    const parsed = parse(json(200, { refresh_token: "rt-sent-1" }))
    assert.deepStrictEqual(parsed, { _tag: "Refusal", evidence: { status: 200, body: "json", left: true } })
  })
})
