/** What people and other programs can do to a file, and that it is said, field by field, and never taken for empty. */
import * as CodexCliStore from "@daybook/vault/CodexCliStore"
import * as HermesStore from "@daybook/vault/HermesStore"
import type { StoreError } from "@daybook/vault/StoreError"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { clockWith } from "./support/Pauses.ts"
import { hasGeneration, hermesFile, ours, pair, pairOf } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const given = Effect.fnUntraced(function* (content: string | undefined) {
  const path = join(yield* tempFolder, "auth.json")
  if (content !== undefined) writeFileSync(path, content)
  const store = HermesStore.make({ path, ledger: ours })
  const authority = yield* store.authority({ kind: "hermes", path, slot: "providers.openai-codex" })
  return { path, store, authority }
})

const dead = { code: "invalid_grant", message: "", at: 0 }
const whole = JSON.stringify(hermesFile(), null, 2)

const change = (edit: (file: any) => void): string => {
  const file = hermesFile()
  edit(file)
  return JSON.stringify(file)
}

const codex = (file: any) => file.providers["openai-codex"]
const rowB = (file: any) => file.credential_pool["openai-codex"][1]

const wrongTypes: ReadonlyArray<[field: string, content: string]> = [
  ["providers", change((file) => (file.providers = []))],
  ["providers.openai-codex", change((file) => (file.providers["openai-codex"] = 5))],
  ["providers.openai-codex.tokens", change((file) => (codex(file).tokens = []))],
  ["providers.openai-codex.tokens.access_token", change((file) => (codex(file).tokens.access_token = 5))],
  ["providers.openai-codex.tokens.refresh_token", change((file) => (codex(file).tokens.refresh_token = {}))],
  ["providers.openai-codex.last_refresh", change((file) => (codex(file).last_refresh = true))],
  ["providers.openai-codex.last_auth_error", change((file) => (codex(file).last_auth_error = "x"))],
  ["credential_pool", change((file) => (file.credential_pool = 3))],
  ["credential_pool.openai-codex", change((file) => (file.credential_pool["openai-codex"] = {}))],
  ["credential_pool.openai-codex[1]", change((file) => (file.credential_pool["openai-codex"][1] = "row"))],
  ["credential_pool.openai-codex[1].id", change((file) => (rowB(file).id = 7))],
  ["credential_pool.openai-codex[1].id", change((file) => (rowB(file).id = undefined))],
  ["credential_pool.openai-codex[1].access_token", change((file) => (rowB(file).access_token = ["a"]))],
  ["credential_pool.openai-codex[1].priority", change((file) => (rowB(file).priority = "first"))]
]

describe.each(wrongTypes)("a wrong type at %s", (field, content) => {
  it.live("is named when reading and when writing, and the file stays as it is", () =>
    Effect.gen(function* () {
      const { authority, path, store } = yield* given(content)
      const { logins, problems } = yield* store.survey
      assert.notInclude(
        logins.map(({ provider }) => provider),
        "openai-codex"
      )
      const errors = [
        ...problems,
        yield* Effect.flip(authority.read),
        yield* Effect.flip(authority.store(pair(2), () => true)),
        yield* Effect.flip(authority.clear(() => true, dead))
      ]
      assert.strictEqual(errors.length, 4)
      for (const error of errors) {
        assert.deepInclude(error.reason, { _tag: "Corrupt", field })
        assert.include(error.message, path)
        assert.include(error.message, field)
      }
      assert.strictEqual(readFileSync(path, "utf8"), content)
      assert.strictEqual(readFileSync(`${path}.corrupt`, "utf8"), content)
    })
  )
})

it.live("what belongs to providers nobody asked for may have any shape", () =>
  Effect.gen(function* () {
    const { authority } = yield* given(
      change((file) => {
        file.providers.spotify = [1, 2]
        file.credential_pool.nous = [{ auth_type: "oauth", id: null, access_token: 5 }]
      })
    )
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
  })
)

describe("a wrong type in the part of one provider", () => {
  const providers = ["openai-codex", "xai-oauth", "anthropic"]
  const broken = change((file) => {
    file.providers["xai-oauth"] = { tokens: { access_token: "at-x", refresh_token: "rt-x" }, last_refresh: 1_700_000 }
    file.credential_pool.anthropic = [{ id: "dddddd", auth_type: "oauth", source: "manual:x", last_refresh: 7 }]
  })
  const brokenStore = Effect.fnUntraced(function* () {
    const { path } = yield* given(broken)
    return { path, store: HermesStore.make({ path, ledger: ours, providers }) }
  })

  it.live("is a problem of its own, and hides no login of another", () =>
    Effect.gen(function* () {
      const { store } = yield* brokenStore()
      const { logins, problems } = yield* store.survey
      assert.include(
        logins.map(({ store }) => store.slot),
        "providers.openai-codex"
      )
      assert.sameMembers(
        problems.map(({ reason }) => (reason._tag === "Corrupt" ? reason.field : reason._tag)),
        ["providers.xai-oauth.last_refresh", "credential_pool.anthropic[0].last_refresh"]
      )
    })
  )

  it.live("keeps no other provider's tokens from being stored, and stays as it is", () =>
    Effect.gen(function* () {
      const { path, store } = yield* brokenStore()
      const authority = yield* store.authority({ kind: "hermes", path, slot: "providers.openai-codex" })
      assert.strictEqual((yield* authority.store(pair(2), () => true))._tag, "Stored")
      const written = JSON.parse(readFileSync(path, "utf8"))
      assert.strictEqual(written.providers["openai-codex"].tokens.refresh_token, "refresh-2")
      assert.deepStrictEqual(written.providers["xai-oauth"], JSON.parse(broken).providers["xai-oauth"])
      assert.deepStrictEqual(written.credential_pool.anthropic, JSON.parse(broken).credential_pool.anthropic)
    })
  )

  it.live("is named when its own tokens are read", () =>
    Effect.gen(function* () {
      const { path, store } = yield* brokenStore()
      const authority = yield* store.authority({ kind: "hermes", path, slot: "providers.xai-oauth" })
      assert.include((yield* Effect.flip(authority.read)).message, "providers.xai-oauth.last_refresh")
    })
  )
})

describe.each([
  ["an empty file", ""],
  ["half a file", whole.slice(0, whole.length / 2)],
  ["no JSON", `tokens = "access-1"`],
  ["another kind of JSON", `[${whole}]`],
  ["null", "null"]
])("%s", (_, content) => {
  it.live("is corrupt and not empty; before a write is refused it is copied aside", () =>
    Effect.gen(function* () {
      const { authority, path } = yield* given(content)
      const reading = yield* Effect.flip(authority.read)
      assert.strictEqual(reading.reason._tag, "Corrupt")
      assert.isFalse(existsSync(`${path}.corrupt`))
      const writing = yield* Effect.flip(authority.store(pair(2), () => true))
      assert.deepInclude(writing.reason, { _tag: "Corrupt", copy: `${path}.corrupt` })
      assert.include(writing.message, `${path}.corrupt`)
      yield* Effect.flip(authority.clear(() => true, dead))
      assert.strictEqual(readFileSync(path, "utf8"), content)
      assert.strictEqual(readFileSync(`${path}.corrupt`, "utf8"), content)
      assert.deepStrictEqual(readdirSync(join(path, "..")).toSorted(), ["auth.json", "auth.json.corrupt"])
    })
  )
})

it.live("bytes that are no text are corrupt", () =>
  Effect.gen(function* () {
    const { authority, path } = yield* given(undefined)
    writeFileSync(path, Uint8Array.of(0x7b, 0xff, 0x7d))
    assert.deepInclude((yield* Effect.flip(authority.read)).reason, { _tag: "Corrupt", why: "it is not UTF-8 text" })
  })
)

it.live("a half-written file is read again after 50 ms, twice", () =>
  Effect.gen(function* () {
    const { authority, path } = yield* given(whole.slice(0, 100))
    const pauses: Array<number> = []
    const readWhile = (onPause: () => void) =>
      Effect.provideService(
        authority.read,
        Clock.Clock,
        clockWith((millis) => {
          pauses.push(millis)
          onPause()
        })
      )
    const error = yield* Effect.flip(readWhile(() => undefined))
    assert.strictEqual(error.reason._tag, "Corrupt")
    assert.deepStrictEqual(pauses, [50, 50])
    const tokens = yield* readWhile(() => pauses.length === 4 && writeFileSync(path, whole))
    assert.deepStrictEqual(pairOf(tokens), ["access-1", "refresh-1"])
    assert.deepStrictEqual(pauses, [50, 50, 50, 50])
  })
)

it.live("a folder in the place of the file is unreadable, not empty", () =>
  Effect.gen(function* () {
    const { authority, path, store } = yield* given(undefined)
    mkdirSync(path)
    const { problems } = yield* store.survey
    for (const error of [...problems, yield* Effect.flip(authority.read)]) {
      assert.deepStrictEqual(error.reason, { _tag: "Unreadable", code: "EISDIR" })
    }
    assert.strictEqual(problems.length, 1)
    const writing = yield* Effect.flip(authority.store(pair(2), () => true))
    assert.deepStrictEqual(writing.reason, { _tag: "Unreadable", code: "EISDIR" })
  })
)

it.live("a file beyond 8 MiB is not read", () =>
  Effect.gen(function* () {
    const { authority, path } = yield* given(undefined)
    writeFileSync(path, Buffer.alloc(8 * 1024 * 1024 + 1, " "))
    assert.deepStrictEqual((yield* Effect.flip(authority.read)).reason, { _tag: "Unreadable", code: "EFBIG" })
  })
)

it.live("the line of a mistake is named where it is known", () =>
  Effect.gen(function* () {
    const { authority, path } = yield* given(`{\n  "version": 1,\n}`)
    const error = yield* Effect.flip(authority.read)
    assert.deepInclude(error.reason, { line: 3 })
    assert.include(error.message, `${path}: line 3`)
  })
)

const inAnyForm = (error: StoreError): string =>
  [error.message, String(error), JSON.stringify(error), error.stack, JSON.stringify(error.reason)].join("\n")

it.live("no error shows a token of the file", () =>
  Effect.gen(function* () {
    const secret = "eyJhbGciOi.secret-of-the-test"
    const contents = [
      secret,
      `{ "tokens": ${secret} }`,
      `{ "providers": { "openai-codex": { "tokens": { "access_token": "${secret}`,
      change((file) => (codex(file).tokens.access_token = [secret])),
      change((file) => (codex(file).tokens = secret)),
      change((file) => (file.credential_pool = secret)),
      change((file) => (rowB(file).expires_at = { [secret.length]: secret }))
    ]
    for (const content of contents) {
      const { authority, path } = yield* given(content)
      const reading = yield* Effect.flip(authority.read)
      const writing = yield* Effect.flip(authority.store(pair(2), hasGeneration(1)))
      const [listing] = (yield* CodexCliStore.make(path).survey).problems
      for (const error of [reading, writing, ...(listing ? [listing] : [])]) {
        assert.notInclude(inAnyForm(error), "secret-of-the-test")
        assert.notInclude(inAnyForm(error), "refresh-2")
      }
    }
  })
)
