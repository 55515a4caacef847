/**
 * The corpus is a sample, so answers like those in it must fall right too: spelled otherwise, reshaped, too long, or
 * cut. The verdict stays or the answer counts as one that nobody knows; it never becomes terminal.
 */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import type { Row } from "@daybook/oauth/Corpus"
import { explain, type Explanation } from "@daybook/oauth/Explain"
import { maxBodyLength } from "@daybook/oauth/ParseAnswer"
import { answerOf } from "@daybook/oauth/Corpus"
import { providerOf, rows } from "./support/Corpus.ts"

const now = Date.parse("2026-06-01T00:00:00.000Z")

const judge = (row: Row, body: string): Explanation =>
  explain({
    surface: row.surface,
    provider: providerOf(row),
    kind: row.kind ?? "oauth",
    now,
    answer: answerOf({ ...row.response!, body })
  })

const wordsOf = (explained: Explanation): string =>
  explained._tag === "Success"
    ? "Success"
    : [explained.verdict.verdict, "reason" in explained.verdict ? explained.verdict.reason : ""].join(" ").trim()

/** The same verdict, or what the status alone says: unrecognized, and under 2xx an unknown outcome. */
const isWithin = (row: Row, body: string): void => {
  const verdict = wordsOf(judge(row, body))
  const silent = ["", "{}"].map((body) => wordsOf(judge(row, body)))
  const allowed = [wordsOf(judge(row, row.response!.body)), ...silent, "Transient Unrecognized"]
  assert.include(allowed, verdict, body.slice(0, 300))
}

/** Nothing that would end a login is concluded from it, unless the status alone says so of an API key. */
const isHarmless = (row: Row, body: string): void => {
  const explained = judge(row, body)
  const verdict = wordsOf(explained)
  assert.isFalse(verdict.startsWith("Terminal"), body.slice(0, 300))
  if (verdict === "GrantRevoked") assert.strictEqual(wordsOf(judge(row, "")), verdict, body.slice(0, 300))
}

const answered = rows.filter(({ response }) => response !== undefined)
const members = Schema.Record(Schema.String, Schema.Unknown)
const isObject = Schema.is(members)
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(members))
const objectOf = (row: Row) => {
  const decoded = decode(row.response!.body)
  return decoded._tag === "Some" ? decoded.value : undefined
}

const named = (rows: ReadonlyArray<Row>) => rows.map((row) => [row.id, row] as const)
const withJson = answered.filter((row) => objectOf(row) !== undefined)

/** Every string value, at any depth, in other letters. */
const respelled = (value: unknown, spell: (text: string) => string): unknown => {
  if (typeof value === "string") return spell(value)
  if (Array.isArray(value)) return value.map((item) => respelled(item, spell))
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, respelled(member, spell)]))
    : value
}

const capitalised = (text: string): string => text.replace(/[a-z]+/g, (word) => word[0]!.toUpperCase() + word.slice(1))

describe("in other letter case", () => {
  it.each(named(withJson))("%s keeps its verdict when its words are spelled otherwise", (_id, row) => {
    const before = wordsOf(judge(row, row.response!.body))
    for (const spell of [(text: string) => text.toUpperCase(), (text: string) => text.toLowerCase(), capitalised]) {
      assert.strictEqual(wordsOf(judge(row, JSON.stringify(respelled(objectOf(row), spell)))), before)
    }
  })

  it.each(named(answered))("%s does not become terminal when its whole body is shouted", (_id, row) => {
    isWithin(row, row.response!.body.toUpperCase())
  })
})

describe("with another kind of error", () => {
  const reshaped = (row: Row, error: unknown): string => JSON.stringify({ ...objectOf(row), error })
  const withError = withJson.filter((row) => objectOf(row)!["error"] !== undefined)

  it.each(named(withError))("%s ends no login", (_id, row) => {
    const { error } = objectOf(row)!
    for (const other of [[error], [], [[error]], 401, 0, null, true, { error }]) {
      isHarmless(row, reshaped(row, other))
      isWithin(row, reshaped(row, other))
    }
  })
})

describe("with two mebibytes", () => {
  const padding = "x".repeat(2 * maxBodyLength)

  it.each(named(withJson))("%s ends no login, wherever they stand", (_id, row) => {
    for (const body of [
      JSON.stringify({ ...objectOf(row), padding }),
      JSON.stringify({ padding, ...objectOf(row) }),
      `${row.response!.body}${" ".repeat(2 * maxBodyLength)}`
    ]) {
      isHarmless(row, body)
      isWithin(row, body)
    }
  })
})

describe("cut at every byte", () => {
  it.each(named(answered))("%s ends no login", (_id, row) => {
    const bytes = new TextEncoder().encode(row.response!.body)
    for (let length = 0; length < bytes.length; length++) {
      const body = new TextDecoder().decode(bytes.subarray(0, length))
      isHarmless(row, body)
      isWithin(row, body)
    }
  })
})

describe("wrapped", () => {
  it.each(named(withJson))("%s ends no login inside something else", (_id, row) => {
    const { body } = row.response!
    for (const wrapped of [
      `{"data":${body}}`,
      `[${body},${body}]`,
      JSON.stringify(body),
      `${body}${body}`,
      `<p>${body}`
    ]) {
      isHarmless(row, wrapped)
    }
  })
})
