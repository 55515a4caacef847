/** Where in a declared file its logins stand, when there are several. */
import { Vault } from "@daybook/vault/Vault"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { claudeCode, given, grok, grokLogin } from "./support/Declared.ts"
import { ours, pairOf } from "./support/Samples.ts"

const twoLogins = { "https://auth.x.ai::abc": grokLogin("one"), "https://auth.x.ai::def": grokLogin("two") }

it.live("several logins in one file are told apart by their keys", () =>
  Effect.gen(function* () {
    const { read, store } = yield* given(grok, JSON.stringify(twoLogins))
    const { logins } = yield* store.survey
    assert.deepStrictEqual(
      logins.map(({ store, tokens }) => [store.slot, tokens.account]),
      [
        ["https://auth.x.ai::abc", "user-one"],
        ["https://auth.x.ai::def", "user-two"]
      ]
    )
    assert.deepStrictEqual(pairOf(yield* read("https://auth.x.ai::def")), ["access-two", "refresh-two"])
    assert.deepStrictEqual(yield* read("https://auth.x.ai::ghi"), {})
  })
)

it.live("beside several logins there may be anything", () =>
  Effect.gen(function* () {
    const { store } = yield* given(grok, JSON.stringify({ version: 1, flags: ["a"], none: null, ...twoLogins }))
    const { logins, problems } = yield* store.survey
    assert.deepStrictEqual(problems, [])
    assert.strictEqual(logins.length, 2)
  })
)

it.live("an object without an access token is no login, so that a file of another program holds none", () =>
  Effect.gen(function* () {
    const { store } = yield* given(grok, JSON.stringify({ tokens: { access_token: "a", refresh_token: "b" } }))
    const { logins, problems } = yield* store.survey
    assert.deepStrictEqual([logins, problems], [[], []])
  })
)

it.live("logins may stand deeper, with names on both sides of the one that is any", () =>
  Effect.gen(function* () {
    const declaration = { ...grok, at: ["accounts", "*", "oauth"] }
    const accounts = { "me.too": { oauth: grokLogin("one") }, you: { oauth: null }, count: 1 }
    const { path, read, store } = yield* given(declaration, JSON.stringify({ accounts }))
    const { logins } = yield* store.survey
    const slots = logins.map(({ store }) => store.slot)
    assert.deepStrictEqual(slots, ["accounts.me.too.oauth"])
    assert.deepStrictEqual(pairOf(yield* read("accounts.me.too.oauth")), ["access-one", "refresh-one"])
    assert.isTrue(store.holds({ kind: "file", path, slot: "accounts.you.oauth" }))
    for (const slot of ["accounts.oauth", "accounts.you", "accounts.you.and.me", "projects.you.oauth"]) {
      assert.isFalse(store.holds({ kind: "file", path, slot }), slot)
    }
  })
)

it.live("two declarations may share one file, each with a place of its own", () =>
  Effect.gen(function* () {
    const { file, folder, path } = yield* given(
      { ...claudeCode, at: ["first"] },
      JSON.stringify({ first: { accessToken: "access-1" }, second: { accessToken: "access-2" } })
    )
    const second = { ...file, at: ["second"], provider: "other" }
    const stores = [file, second].map((file) => ({ kind: "file" as const, file }))
    const vault = yield* Effect.provide(Vault, Vault.layer({ stores, folder, ledger: ours }))
    const { logins } = yield* vault.logins
    assert.deepStrictEqual(
      logins.map(({ provider, store }) => [provider, store.slot]),
      [
        ["anthropic", "first"],
        ["other", "second"]
      ]
    )
    for (const [slot, access] of [
      ["first", "access-1"],
      ["second", "access-2"]
    ] as const) {
      const authority = yield* vault.authority({ kind: "file", path, slot })
      assert.deepStrictEqual(pairOf(yield* authority.read), [access, undefined])
    }
    const elsewhere = yield* Effect.flip(vault.authority({ kind: "file", path, slot: "third" }))
    assert.deepInclude(elsewhere.reason, { code: "NotOpened" })
  })
)

it.live("logins that are named by addresses are an error that repeats none of them, since a place is recorded", () =>
  Effect.gen(function* () {
    const { store } = yield* given(grok, JSON.stringify({ "jane.doe@example.com": grokLogin("one") }))
    const { logins, problems } = yield* store.survey
    assert.deepStrictEqual(logins, [])
    assert.strictEqual(problems.length, 1)
    assert.include(problems[0]?.message, "named by addresses")
    assert.notInclude(problems[0]?.message, "jane.doe")
  })
)
