import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { apiEvidence } from "@daybook/oauth/ApiEvidence"
import { classifyApi, classifyToken } from "@daybook/oauth/Classify"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { openAiCodex } from "@daybook/oauth/OpenAiCodex"
import { faultEvidence, parseAnswer, type ParsedAnswer } from "@daybook/oauth/ParseAnswer"
import type { Provider } from "@daybook/oauth/Provider"

const Row = Schema.Struct({
  id: Schema.String,
  surface: Schema.Literals(["token", "api"]),
  provider: Schema.String,
  kind: Schema.optionalKey(Schema.Literals(["oauth", "apiKey"])),
  now: Schema.optionalKey(Schema.String),
  response: Schema.optionalKey(
    Schema.Struct({
      status: Schema.Int,
      headers: Schema.Record(Schema.String, Schema.String),
      body: Schema.String
    })
  ),
  fault: Schema.optionalKey(Schema.String),
  expect: Schema.Struct({
    verdict: Schema.String,
    reason: Schema.optionalKey(Schema.String),
    confirm: Schema.optionalKey(Schema.Boolean),
    until: Schema.optionalKey(Schema.String),
    scope: Schema.optionalKey(Schema.String),
    successor: Schema.optionalKey(Schema.Boolean)
  })
})
type Row = typeof Row.Type

const decodeRow = Schema.decodeUnknownSync(Schema.fromJsonString(Row))
const rows = readFileSync(join(import.meta.dirname, "corpus.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => decodeRow(line))

const providerOf = ({ provider }: Row): Provider =>
  provider === openAiCodex.id
    ? openAiCodex
    : oauth2({ id: provider, tokenEndpoint: "https://authorization-server.example/token" })

const nowOf = (row: Row): number => Date.parse(row.now ?? "2026-06-01T00:00:00.000Z")

const faults: Readonly<Record<string, ReturnType<typeof faultEvidence>>> = {
  dns: faultEvidence("ENOTFOUND", false),
  "connect-refused": faultEvidence("ECONNREFUSED", false),
  "tls-handshake": faultEvidence("CERT_HAS_EXPIRED", false),
  "connect-timeout": faultEvidence("UND_ERR_CONNECT_TIMEOUT", false),
  "reset-before-response": faultEvidence("ECONNRESET", true),
  "timeout-after-send": faultEvidence("timeout", true),
  "body-cut": faultEvidence("body-cut", true, 200)
}

const parse = (row: Row): ParsedAnswer =>
  row.response === undefined
    ? { _tag: "Refusal", evidence: faults[row.fault!]! }
    : parseAnswer(row.response, { now: nowOf(row), secrets: [] })

const untilOf = (row: Row): number | undefined => {
  const { until } = row.expect
  if (until === undefined) return undefined
  return until.startsWith("+") ? nowOf(row) + Number.parseFloat(until.slice(1)) * 1000 : Date.parse(until)
}

describe("the corpus, at the token endpoint", () => {
  it.each(rows.filter((row) => row.surface === "token").map((row) => [row.id, row] as const))("%s", (_id, row) => {
    const parsed = parse(row)
    if (parsed._tag === "Tokens") return assert.fail("taken as a success")
    const verdict = classifyToken(providerOf(row), parsed.evidence, nowOf(row))
    assert.strictEqual(verdict.verdict, row.expect.verdict)
    assert.strictEqual(verdict.reason, row.expect.reason)
    assert.strictEqual(verdict.verdict === "Terminal" && verdict.confirm, row.expect.confirm ?? false)
    assert.strictEqual(verdict.verdict === "Transient" ? verdict.until : undefined, untilOf(row))
    assert.strictEqual(parsed.successor !== undefined, row.expect.successor ?? false)
    assert.strictEqual(parsed.evidence.successor ?? false, row.expect.successor ?? false)
  })
})

describe("the corpus, at the model API", () => {
  it.each(rows.filter((row) => row.surface === "api").map((row) => [row.id, row] as const))("%s", (_id, row) => {
    const now = nowOf(row)
    const evidence = apiEvidence(row.response!, { now, secrets: [] })
    const verdict = classifyApi(providerOf(row), row.kind ?? "oauth", evidence, now)
    assert.strictEqual(verdict.verdict, row.expect.verdict)
    assert.strictEqual(verdict.scope, row.expect.scope ?? "credential")
    assert.strictEqual(verdict.until, untilOf(row))
  })
})
