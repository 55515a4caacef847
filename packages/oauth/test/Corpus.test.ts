import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { check, type Mismatch, readRow, type Row } from "@daybook/oauth/Corpus"
import { defaultProviders } from "@daybook/oauth/Providers"
import { providerOf, rows } from "./support/Corpus.ts"

describe("the corpus", () => {
  it("speaks of both surfaces, and of every provider but the generic one's own", () => {
    assert.isAtLeast(rows.filter(({ surface }) => surface === "token").length, 50)
    assert.isAtLeast(rows.filter(({ surface }) => surface === "api").length, 35)
    const named = new Set(rows.map(({ provider }) => provider))
    for (const { id } of defaultProviders) assert.isTrue(named.has(id), id)
  })

  it.each(rows.map((row) => [row.id, row] as const))("%s gets its verdict", (_id, row) => {
    assert.deepStrictEqual(check(row, providerOf(row)).mismatches, [])
  })
})

describe("a check", () => {
  const row = (id: string): Row => rows.find((row) => row.id === id) ?? assert.fail(id)
  const fields = (row: Row): ReadonlyArray<Mismatch["field"]> =>
    check(row, providerOf(row)).mismatches.map(({ field }) => field)
  const expecting = (id: string, expect: Partial<Row["expect"]>): Row => ({
    ...row(id),
    expect: { ...row(id).expect, ...expect }
  })

  it.each([
    ["codex-reused-nested-401", { verdict: "Transient" }, "verdict"],
    ["codex-reused-nested-401", { reason: "Expired" }, "reason"],
    ["codex-reused-nested-401", { confirm: false }, "confirm"],
    ["codex-429-usage", { until: "+121s" }, "until"],
    ["any-404-model", { scope: "credential" }, "scope"],
    ["codex-200-no-access-token", { successor: false }, "successor"]
  ] as const)("of %s sees another expectation: %j", (id, expect, field) => {
    assert.deepStrictEqual(fields(expecting(id, expect)), [field])
  })

  it("holds a row of an API to a time that it does not name, and a row of a token endpoint not", () => {
    const without = (id: string): Row => {
      const { until: _until, ...expect } = row(id).expect
      return { ...row(id), expect }
    }
    assert.deepStrictEqual(fields(without("any-429-retry-after")), ["until"])
    assert.deepStrictEqual(fields(without("codex-429-usage")), [])
  })

  it("names the rule that fired, and what came out", () => {
    const checked = check(expecting("nous-reuse", { reason: "Expired" }), providerOf(row("nous-reuse")))
    assert.strictEqual(checked.rule, "codes/invalid_grant.reused")
    assert.deepStrictEqual(checked.mismatches, [{ field: "reason", expected: "Expired", got: "Reused" }])
  })

  it("takes headers in any letter case", () => {
    const limited = row("codex-429-usage")
    const response = { ...limited.response!, headers: { "Retry-After": "120" } }
    assert.deepStrictEqual(fields({ ...limited, response }), [])
  })
})

describe("a line that is no row", () => {
  const line = (change: object): string => JSON.stringify({ ...rows[0], ...change })

  it.each([
    ["{", "it is no JSON"],
    ["[]", "expected object"],
    [line({ surface: "web" }), "surface: "],
    [line({ now: "yesterday" }), "now: expected an instant in ISO 8601"],
    [line({ response: { status: 9, headers: {}, body: "" } }), "response.status: "],
    [line({ response: { status: 400, headers: {}, body: { secret: "rt-1" } } }), "response.body: "],
    [line({ fault: "dns" }), "expected a response or a fault, and one of them only"],
    [line({ expect: { verdict: "Transient", until: "soon" } }), "expect.until: expected an instant"]
  ])("is refused with the field and the reason: %s", (text, why) => {
    const read = readRow(text)
    assert.isTrue(Result.isFailure(read))
    if (Result.isFailure(read)) {
      assert.include(read.failure, why)
      assert.notInclude(read.failure, "rt-1")
    }
  })
})
