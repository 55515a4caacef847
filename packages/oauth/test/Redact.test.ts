import { assert, describe, it } from "@effect/vitest"
import { Redacted, Schema } from "effect"
import { type Answer, evidenceOf } from "@daybook/oauth/ParseAnswer"
import { plainCode, plainMessage, redactor } from "@daybook/oauth/Redact"

const Secret = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_./+=~"\\ %&é😀-]{6,40}$/u)).check(
  Schema.makeFilter((text) => text.trim().length >= 6)
)

const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1)
const unicodeEscaped = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")

const forms: ReadonlyArray<readonly [name: string, write: (secret: string) => string]> = [
  ["plain", (secret) => secret],
  ["JSON-escaped", jsonEscaped],
  ["JSON-escaped twice", (secret) => jsonEscaped(jsonEscaped(secret))],
  ["JSON-escaped with escaped slashes", (secret) => jsonEscaped(secret).replaceAll("/", "\\/")],
  ["written in \\u escapes", unicodeEscaped],
  ["percent-encoded", encodeURIComponent],
  ["percent-encoded twice", (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ["form-encoded", (secret) => new URLSearchParams({ x: secret }).toString().slice(2)]
]

const json = (body: unknown): Answer => ({ status: 400, headers: {}, body: JSON.stringify(body) })

const places = (secret: string): ReadonlyArray<Answer> => [
  json({ error: { code: "x", message: `Token ${secret} is bad` } }),
  json({ error: { code: secret, message: secret } }),
  json({ error: { type: secret } }),
  json({ error: secret }),
  json({ error: "invalid_grant", error_description: `<${secret}>` }),
  json({ code: secret, message: `a ${secret} b ${secret}` }),
  json({ detail: secret, request_id: secret }),
  json({ error: { message: `${"x ".repeat(95)}${secret}` } }),
  { status: 400, headers: {}, body: `bad token ${secret}` },
  { status: 400, headers: { "x-request-id": secret }, body: `refresh_token=${secret}` },
  { status: 403, headers: {}, body: `<html><title>${secret}</title></html>` },
  { status: 401, headers: { "www-authenticate": `Bearer error="${secret}", error_description="${secret}"` }, body: "" }
]

const recorded = (answer: Answer, secret: string): string =>
  Object.values(evidenceOf(answer, { now: 0, secrets: [Redacted.make(secret)] }))
    .filter((value) => typeof value === "string")
    .join("\n")

const assertNowhere = (secret: string, written: string): void => {
  for (const answer of places(written)) {
    const text = recorded(answer, secret)
    assert.notInclude(text, secret)
    assert.notInclude(text, written)
  }
}

describe("a secret that was sent", () => {
  it.each(forms)("is never recorded: %s", (_name, write) => {
    const secret = `rt/1+2="3 4`
    assertNowhere(secret, write(secret))
  })

  it.prop(
    "is never recorded, wherever it stands and however it is written",
    { secret: Secret, form: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: forms.length - 1 })) },
    ({ form, secret }) => assertNowhere(secret, forms[form]![1](secret)),
    { arbitrary: { runs: 200 } }
  )

  it("leaves nothing behind where another one is part of it", () => {
    const redact = redactor([Redacted.make("abcdef"), Redacted.make("abcdef-ghijkl")])
    assert.strictEqual(redact("<abcdef-ghijkl>"), "<***>")
  })
})

describe("a token in the body", () => {
  it("is never recorded where the body repeats it", () => {
    const body = {
      error: { message: "after rt-new came at-new", data: [{ refresh_token: "rt-new" }] },
      access_token: "at-new"
    }
    assert.strictEqual(evidenceOf(json(body), { now: 0, secrets: [] }).message, "after *** came ***")
  })

  it("is never recorded from a cookie", () => {
    const answer = {
      ...json({ error: { message: "session abcd1234" } }),
      headers: { "set-cookie": "sid=abcd1234; Path=/" }
    }
    assert.strictEqual(evidenceOf(answer, { now: 0, secrets: [] }).message, "session ***")
  })
})

describe("a hostile answer", () => {
  const evidence = (body: object) =>
    evidenceOf(json(body), { now: 0, secrets: [Redacted.make("rt-sent-1"), Redacted.make("x".repeat(16_384))] })
  const manyKeys = Array.from({ length: 20_000 }, (_, at) => ({ key: `value-${at}` }))

  it.each([
    ["backslashes", { error: { message: `${"\\".repeat(80)}Y` }, token: `${"\\".repeat(12)}Z` }],
    ["percent signs", { error: { message: "%25".repeat(5_000) }, token: "%".repeat(500) }],
    ["twenty thousand secrets and a long message", { error: { message: "value ".repeat(80_000) }, data: manyKeys }],
    ["quotes", { error: { message: ` '"\``.repeat(1_000) } }],
    ["addresses", { error: { message: `${"a@".repeat(2_000)} "${"b".repeat(2_000)}` } }]
  ])("made of %s does not stall it", (_name, body) => {
    assert.isDefined(evidence(body).message)
  })

  it("that repeats a token of 16 KiB, or its beginning where the message was cut, shows nothing of it", () => {
    const long = Array.from({ length: 16_000 }, (_, at) => "abcdefgh"[(at * 7) % 8]).join("")
    const recorded = evidenceOf(json({ error: { message: `${" ".repeat(500)}${long}` } }), {
      now: 0,
      secrets: [Redacted.make(long)]
    })
    assert.strictEqual(recorded.message, "***")
  })
})

describe("what looks like a secret", () => {
  const redact = redactor([])

  it.each([
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2ln",
    "sk-proj-abc123",
    "gho_16C7e42F292c6912E7",
    "0123456789abcdef0123",
    "v1.MjU2LXRoaXMtaXMtYS10b2tlbg",
    "1//0gFq3xYzAbCdEfGhIjKlMnOpQrStUvWx",
    "someone.else+tag@mail.example",
    "someone%40mail.example",
    "jos\u00e9.n\u00fa\u00f1ez@ex\u00e4mple.com",
    "jane%2540example.com"
  ])("is removed: %s", (text) => {
    const message = plainMessage(`The value ${text} was refused`, redact)
    assert.notInclude(message, text)
    assert.match(message, /^The value \S*\*{3} was refused$/)
  })

  it.each(["refresh_token_invalidated", "personal-team-blocked:spending-limit", "GoUsageLimitError", "AADSTS70008"])(
    "is not the code %s",
    (code) => {
      assert.strictEqual(plainCode(code, redact), code)
      assert.strictEqual(plainMessage(code, redact), code)
    }
  )

  it("keeps out of codes", () => {
    assert.strictEqual(plainCode("sk-proj-abc123", redact), "other")
    assert.strictEqual(plainCode("a sentence", redact), "other")
    assert.strictEqual(plainCode("x".repeat(65), redact), "other")
  })
})

describe("what was sent, repeated", () => {
  const redact = redactor([])

  it.each([
    [`Invalid value: 'write to my doctor'. Supported values are: 'low'.`, `Invalid value: '***'.`],
    [`Unknown tool "Find Alice".`, `Unknown tool "***".`],
    ["Bad name `Alice B`, expected a string", "Bad name `***`, expected a string"],
    ["model \u201cMy Private Model\u201d not found", "model \u201c***\u201d not found"],
    ["[type=string, input_value=My secret plan, input_type=str]", "[type=string, input_value=***"],
    ["Prompt: dear diary, today", "Prompt: ***"],
    [`Value "don't tell James' wife about the affair" is not allowed`, `Value "***" is not allowed`],
    [`Value 'don't tell James' wife' is not allowed`, `Value '***' is not allowed`],
    [`got "it's 5 o'clock; see you"`, `got "***"`],
    [`'I said "stop, please" to him'`, `'***'`],
    [`It began with "My secret plan`, `It began with "***`],
    ["('Two Words', \"Three More Words\")", `('***', "***")`]
  ])("is removed: %s", (text, left) => {
    assert.strictEqual(plainMessage(text, redact), left)
  })

  it.each([
    "Invalid 'refresh_token': empty string",
    "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account.",
    "This request would exceed your account's rate limit. It's full.",
    'Missing required parameter: "messages"'
  ])("is left where it is a name, or an apostrophe: %s", (text) => {
    assert.strictEqual(plainMessage(text, redact), text)
  })
})

describe("a message", () => {
  it("is one line of at most 200 characters, with no half of a character at its end", () => {
    const message = plainMessage(`a\r\n\tb\u0000c ${"😀".repeat(200)}`, redactor([]))
    assert.isTrue(message.startsWith("a b c 😀"))
    assert.isAtMost(message.length, 200)
    assert.isTrue(message.isWellFormed())
  })
})
