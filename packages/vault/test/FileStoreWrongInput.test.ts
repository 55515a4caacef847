/** What can stand in a declared file instead of a login, and that it is said, field by field, and never taken for empty. */
import type { StoreError } from "@daybook/vault/StoreError"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import {
  claudeCode,
  claudeFile,
  type Declaration,
  failures,
  given,
  grok,
  grokLogin,
  qwen,
  qwenFile
} from "./support/Declared.ts"
import { clockWith } from "./support/Pauses.ts"
import { pairOf } from "./support/Samples.ts"

const wrong = { "a number": 5, "a truth value": true, "an object": { a: "b" }, "a list": ["a"] }
const members = ["access_token", "refresh_token", "id_token", "sub", "resource_url"]

describe.each<[field: string, what: string, value: unknown]>([
  ...members.flatMap((field) =>
    Object.entries(wrong).map(([what, value]): [string, string, unknown] => [field, what, value])
  ),
  ["expiry_date", "a truth value", true],
  ["expiry_date", "an object", {}],
  ["expiry_date", "a list", [1]]
])("the member %s as %s", (field, _, value) => {
  it.live("is an error that names file and field", () =>
    Effect.gen(function* () {
      const { path, read, store } = yield* given(qwen, qwenFile({ [field]: value }))
      for (const error of yield* failures(store, read())) {
        assert.deepInclude(error.reason, { _tag: "Corrupt", field })
        assert.include(error.message, path)
        assert.include(error.message, field)
      }
    })
  )
})

describe.each<[what: string, declaration: Declaration, content: string, field: string | undefined]>([
  ["a list in the place of the file's object", claudeCode, `[${claudeFile()}]`, undefined],
  ["a list in the place of a login at the top", qwen, `[${qwenFile()}]`, undefined],
  ["a list in the place of a map of logins", grok, `[${JSON.stringify(grokLogin("one"))}]`, undefined],
  ["null for a file", claudeCode, "null", undefined],
  ["null for a login at the top", qwen, "null", undefined],
  ["a text for a file", qwen, `"access-q"`, undefined],
  ["a number for a file", claudeCode, "5", undefined],
  ["a list in the place of a login", claudeCode, `{ "claudeAiOauth": [] }`, "claudeAiOauth"],
  ["a text in the place of a login", claudeCode, `{ "claudeAiOauth": "access-c" }`, "claudeAiOauth"],
  ["a list on the way to a login", { ...claudeCode, at: ["a", "b"] }, `{ "a": [] }`, "a"],
  ["a wrong member of a login further in", claudeCode, claudeFile({ accessToken: 5 }), "claudeAiOauth.accessToken"],
  ["an empty file", claudeCode, "", undefined],
  ["half a file", claudeCode, claudeFile().slice(0, 40), undefined],
  ["no JSON", claudeCode, "accessToken = access-c", undefined]
])("%s", (_, declaration, content, field) => {
  it.live("is corrupt and not empty, and stays as it is", () =>
    Effect.gen(function* () {
      const { path, read, store } = yield* given(declaration, content)
      for (const error of yield* failures(store, read())) {
        assert.strictEqual(error.reason._tag, "Corrupt")
        assert.propertyVal({ field: undefined, ...error.reason }, "field", field)
        assert.include(error.message, path)
      }
      assert.strictEqual(readFileSync(path, "utf8"), content)
    })
  )
})

it.live("one flawed login of several hides no other", () =>
  Effect.gen(function* () {
    const good = "https://auth.x.ai::good"
    const content = { "https://auth.x.ai::abc": { ...grokLogin("one"), key: 5 }, [good]: grokLogin("two") }
    const { path, read, store } = yield* given(grok, JSON.stringify(content))
    const { logins, problems } = yield* store.survey
    assert.deepStrictEqual(
      logins.map(({ store }) => store.slot),
      [good]
    )
    const field = "https://auth.x.ai::abc.key"
    for (const { reason } of [...problems, yield* Effect.flip(read())]) {
      assert.deepInclude(reason, { _tag: "Corrupt", field })
    }
    assert.strictEqual(problems.length, 1)
    const authority = yield* store.authority({ kind: "file", path, slot: good })
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-two", "refresh-two"])
  })
)

it.live("a login among several that became something else is an error where it is known, and not listed", () =>
  Effect.gen(function* () {
    const { read, store } = yield* given(grok, `{ "https://auth.x.ai::abc": "gone" }`)
    assert.deepStrictEqual(yield* store.survey, { logins: [], problems: [] })
    const { reason } = yield* Effect.flip(read())
    assert.deepInclude(reason, { _tag: "Corrupt", field: "https://auth.x.ai::abc" })
  })
)

describe.each<[what: string, declaration: Declaration, half: string, whole: string, token: string]>([
  ["JSON file", qwen, qwenFile().slice(0, 30), qwenFile(), "refresh-q"]
])("a half-written %s", (_, declaration, half, whole, token) => {
  /** Reads with every pause over at once; `onPause` is told each. */
  const readWith = <A, E>(read: Effect.Effect<A, E>, onPause: (millis: number) => void) =>
    Effect.provideService(read, Clock.Clock, clockWith(onPause))

  it.live("is read again after 50 ms, twice, and is an error then", () =>
    Effect.gen(function* () {
      const { read } = yield* given(declaration, half)
      const pauses: Array<number> = []
      const error = yield* Effect.flip(readWith(read(), (millis) => pauses.push(millis)))
      assert.strictEqual(error.reason._tag, "Corrupt")
      assert.deepStrictEqual(pauses, [50, 50])
    })
  )

  it.live("is read whole if its writer ends in that time", () =>
    Effect.gen(function* () {
      const { path, read } = yield* given(declaration, half)
      let pauses = 0
      const tokens = yield* readWith(read(), () => {
        pauses += 1
        if (pauses === 2) writeFileSync(path, whole)
      })
      assert.strictEqual(pairOf(tokens)[1], token)
    })
  )
})

const inAnyForm = (error: StoreError): string =>
  [error.message, String(error), JSON.stringify(error), error.stack, JSON.stringify(error.reason)].join("\n")

const secret = "secret-of-the-test"

it.live.each<[what: string, declaration: Declaration, content: string]>([
  ["no JSON", claudeCode, secret],
  ["half a file", claudeCode, claudeFile({ accessToken: secret }).slice(0, 60)],
  ["a token in the place of a login", claudeCode, JSON.stringify({ claudeAiOauth: secret })],
  ["a token in the place of a file", qwen, JSON.stringify(secret)],
  ["a list of tokens", qwen, qwenFile({ access_token: [secret] })],
  ["a token in an object", qwen, qwenFile({ refresh_token: { [secret.length]: secret } })],
  ["a token in the place of an expiry", qwen, qwenFile({ expiry_date: [secret] })],
  ["a wrong member beside a token", qwen, qwenFile({ access_token: secret, sub: 5 })]
])("no error shows a token: %s", ([, declaration, content]) =>
  Effect.gen(function* () {
    const { read, store } = yield* given(declaration, content)
    for (const error of yield* failures(store, read())) assert.notInclude(inAnyForm(error), secret)
  })
)
