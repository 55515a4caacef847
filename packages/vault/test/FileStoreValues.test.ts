/** What stands in the members of a declared file, and what of it counts. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { claudeCode, claudeFile, type Declaration, given, grok, qwen, qwenFile } from "./support/Declared.ts"
import { revealed } from "./support/Samples.ts"

describe.each<[what: string, expiresAt: unknown]>([
  ["epoch seconds", 1795348800],
  ["epoch milliseconds", 1795348800000],
  ["epoch seconds with a fraction", 1795348800.25],
  ["epoch seconds in a text", "1795348800"],
  ["epoch milliseconds in a text", "1795348800000"],
  ["ISO 8601 in UTC", "2026-11-22T12:00:00Z"],
  ["ISO 8601 with microseconds and an offset", "2026-11-22T13:00:00.000000+01:00"]
])("an expiry in %s", (_, expiresAt) => {
  it.live("is read to the second", () =>
    Effect.gen(function* () {
      const { read } = yield* given(claudeCode, claudeFile({ expiresAt }))
      const { expiresAt: read_ = 0 } = yield* read("claudeAiOauth")
      assert.strictEqual(Math.floor(read_ / 1000), Date.UTC(2026, 10, 22, 12) / 1000)
    })
  )
})

describe.each<[what: string, expiresAt: unknown]>([
  ["zero", 0],
  ["zero in a text", "0"],
  ["nothing", null],
  ["a blank", ""],
  ["words", "in 30 days"],
  ["a number with a unit", "3600s"],
  ["a time before time", -1],
  ["a number beyond all numbers", "9".repeat(400)],
  ["the end of the year 9999, or never", 253402300799]
])("an expiry that is %s", (_, expiresAt) => {
  it.live("is unknown, and the tokens are there all the same", () =>
    Effect.gen(function* () {
      const { read } = yield* given(claudeCode, claudeFile({ expiresAt }))
      assert.deepStrictEqual(revealed(yield* read("claudeAiOauth")), { access: "access-c", refresh: "refresh-c" })
    })
  )
})

describe.each<[what: string, declaration: Declaration, content: string, slot: string]>([
  ["Claude Code's stub", claudeCode, claudeFile({ accessToken: "", refreshToken: "", expiresAt: 0 }), "claudeAiOauth"],
  ["blanks", claudeCode, claudeFile({ accessToken: " ", refreshToken: "\n" }), "claudeAiOauth"],
  ["nulls", claudeCode, claudeFile({ accessToken: null, refreshToken: null, expiresAt: null }), "claudeAiOauth"],
  ["a login that is null", claudeCode, `{ "claudeAiOauth": null }`, "claudeAiOauth"],
  ["a file of other things", claudeCode, `{ "mcpOAuth": { "accessToken": "another" } }`, "claudeAiOauth"],
  ["an empty object", qwen, "{}", "tokens"],
  ["a map without logins", grok, "{}", "https://auth.x.ai::abc"]
])("%s", (_, declaration, content, slot) => {
  it.live("is no login and no tokens, and nothing is wrong with it", () =>
    Effect.gen(function* () {
      const { read, store } = yield* given(declaration, content)
      assert.deepStrictEqual(yield* store.survey, { logins: [], problems: [] })
      assert.isUndefined((yield* read(slot)).access)
      assert.isUndefined((yield* read(slot)).refresh)
    })
  )
})

it.live("a blank access token beside a refresh token is not there", () =>
  Effect.gen(function* () {
    const { read } = yield* given(claudeCode, claudeFile({ accessToken: "", expiresAt: 0 }))
    assert.deepStrictEqual(revealed(yield* read("claudeAiOauth")), { refresh: "refresh-c" })
  })
)

it.live("a blank account or address is not there", () =>
  Effect.gen(function* () {
    const { read } = yield* given(qwen, qwenFile({ sub: "", resource_url: " ", expiry_date: 0 }))
    assert.deepStrictEqual(revealed(yield* read("tokens")), { access: "access-q", refresh: "refresh-q" })
  })
)

it.live("a member that the declaration does not name is not looked at, whatever it is", () =>
  Effect.gen(function* () {
    const { read } = yield* given(claudeCode, claudeFile({ account: 5, resource: [], id_token: {} }))
    assert.deepStrictEqual(Object.keys(yield* read("claudeAiOauth")), ["access", "refresh", "expiresAt"])
  })
)

it.live("what every JavaScript object has is not in the file", () =>
  Effect.gen(function* () {
    const declaration = { ...claudeCode, at: ["constructor"], members: { access: "name" } }
    const { read } = yield* given(declaration, "{}")
    assert.deepStrictEqual(yield* read("constructor"), {})
  })
)
