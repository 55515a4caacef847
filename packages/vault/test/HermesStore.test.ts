import * as HermesStore from "@daybook/vault/HermesStore"
import type { Login } from "@daybook/vault/Login"
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { pythonFormat, pythonHolding, pythonTry } from "./support/Companion.ts"
import { hasGeneration, hermesFile, noStatus, ours, pair, pairOf } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

type HermesFile = ReturnType<typeof hermesFile>

/** An `auth.json` in the style of hermes, changed by `change`, and the store over it. */
const given = Effect.fnUntraced(function* (change: (file: HermesFile) => unknown = () => undefined) {
  const path = join(yield* tempFolder, "auth.json")
  const file = hermesFile()
  change(file)
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`)
  const store = HermesStore.make({ path, ledger: ours })
  return {
    path,
    store,
    logins: Effect.map(store.survey, ({ logins }) => logins),
    at: (slot: string) => store.authority({ kind: "hermes", path, slot }),
    /** As it stands now. */
    text: () => readFileSync(path, "utf8"),
    json: (): any => JSON.parse(readFileSync(path, "utf8"))
  }
})

const block = "providers.openai-codex"
const row = "credential_pool.openai-codex.bbbbbb"
const dead = { code: "refresh_token_reused", message: "it was used before", at: Date.UTC(2026, 10, 22, 12) }

const summary = ({ id, kind, label, ownership, priority, provider, source, store }: Login) =>
  [store.slot, id, provider, kind, ownership, source, label, priority].join(" | ")

it.live("lists a block under its seeded row's name, rows with tokens of their own, and API keys", () =>
  Effect.gen(function* () {
    const { logins } = yield* given()
    assert.deepStrictEqual((yield* logins).map(summary), [
      "providers.openai-codex | aaaaaa | openai-codex | oauth | owned | device_code | me@example.com | 2",
      "credential_pool.openai-codex.bbbbbb | bbbbbb | openai-codex | oauth | owned | manual:device_code | second account | 0",
      "credential_pool.openai-codex.cccccc | cccccc | openai-codex | apiKey | owned | manual | a key | 1",
      "credential_pool.openrouter.eeeeee | eeeeee | openrouter | apiKey | owned | manual | router | 1"
    ])
  })
)

it.live("reads the times and the account that the file tells", () =>
  Effect.gen(function* () {
    const { at } = yield* given((file) => {
      Object.assign(file.providers["openai-codex"].tokens, { account_id: "workspace-1" })
      Object.assign(file.credential_pool["openai-codex"][1]!, { expires_at: "2026-11-22T12:00:00+00:00" })
    })
    const tokens = yield* Effect.flatMap(at(block), ({ read }) => read)
    assert.strictEqual(tokens.account, "workspace-1")
    assert.strictEqual(tokens.refreshedAt, Date.UTC(2026, 10, 22, 9, 0, 0, 123))
    const ofRow = yield* Effect.flatMap(at(row), ({ read }) => read)
    assert.strictEqual(ofRow.expiresAt, Date.UTC(2026, 10, 22, 12))
  })
)

it.live("does not list a manual row that shares the block's refresh token", () =>
  Effect.gen(function* () {
    const { logins } = yield* given((file) =>
      Object.assign(file.credential_pool["openai-codex"][1]!, { refresh_token: "refresh-1" })
    )
    assert.notInclude(
      (yield* logins).map(({ store }) => store.slot),
      row
    )
  })
)

it.live("lists a seeded row as a login of its own when there is no block", () =>
  Effect.gen(function* () {
    const { logins } = yield* given((file) => Reflect.deleteProperty(file.providers, "openai-codex"))
    const [first] = yield* logins
    assert.strictEqual(first?.store.slot, "credential_pool.openai-codex.aaaaaa")
    assert.deepStrictEqual(pairOf(first!.tokens), ["access-1", "refresh-1"])
  })
)

it.live("does not list what a seeded row still holds of a login that hermes has buried", () =>
  Effect.gen(function* () {
    const { logins } = yield* given((file) =>
      Object.assign(file.providers["openai-codex"], {
        tokens: {},
        last_auth_error: { code: "invalid_grant", message: "gone", at: "2026-11-22T09:30:00Z" }
      })
    )
    const [first, second] = yield* logins
    assert.deepStrictEqual(pairOf(first!.tokens), [undefined, undefined])
    assert.deepStrictEqual(first?.lastAuthError, {
      code: "invalid_grant",
      message: "gone",
      at: Date.UTC(2026, 10, 22, 9, 30)
    })
    assert.strictEqual(second?.store.slot, row)
  })
)

it.live("lists the OAuth logins of other providers when asked for", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    writeFileSync(path, JSON.stringify({ providers: { "xai-oauth": { tokens: { access_token: "access-1" } } } }))
    const { logins } = yield* HermesStore.make({ path, providers: ["xai-oauth"] }).survey
    assert.deepStrictEqual(
      logins.map(({ provider }) => provider),
      ["xai-oauth"]
    )
  })
)

it.live("changes only the lines of a new pair when it stores one", () =>
  Effect.gen(function* () {
    const { at, path, text } = yield* given((file) => Object.assign(file, { note: "Grüße 👋", numbers: [] }))
    const numbers = "[1.0, 12345678901234567891, 1e-9]"
    writeFileSync(path, pythonFormat(text().replace("[]", numbers)))
    const before = text().split("\n")
    const next = { ...pair(2), refreshedAt: Date.UTC(2026, 10, 22, 10) }
    yield* Effect.flatMap(at(block), ({ store }) => store(next, hasGeneration(1)))
    const after = text().split("\n")
    assert.strictEqual(after.length, before.length)
    assert.deepStrictEqual(
      after.filter((line, index) => line !== before[index] && !line.includes("updated_at")).map((line) => line.trim()),
      [
        '"access_token": "access-2",',
        '"refresh_token": "refresh-2",',
        '"last_refresh": "2026-11-22T10:00:00.000Z",',
        '"access_token": "access-2",',
        '"refresh_token": "refresh-2",',
        '"last_refresh": "2026-11-22T10:00:00.000Z",',
        '"last_status": null,',
        '"last_status_at": null,',
        '"last_error_code": null,'
      ]
    )
    assert.strictEqual(after.at(-1), "")
  })
)

it.live("brings every view of the grant up to date and no other row", () =>
  Effect.gen(function* () {
    const { at, json } = yield* given((file) => {
      Object.assign(file.credential_pool["openai-codex"][0]!, { access_token: "stale", refresh_token: "stale" })
      Object.assign(file.credential_pool["openai-codex"][1]!, { refresh_token: "refresh-1" })
      file.credential_pool["openai-codex"].push({
        ...file.credential_pool["openai-codex"][1]!,
        id: "ffffff",
        refresh_token: "refresh-f1"
      })
    })
    yield* Effect.flatMap(at(block), ({ store }) => store(pair(2), hasGeneration(1)))
    const tokens = json().credential_pool["openai-codex"].map((row: any) => row.refresh_token)
    assert.deepStrictEqual(tokens, ["refresh-2", "refresh-2", undefined, "refresh-f1"])
  })
)

it.live("a row enrolled by itself speaks for the block that shows the same login later", () =>
  Effect.gen(function* () {
    const { at, json } = yield* given()
    const seeded = yield* at("credential_pool.openai-codex.aaaaaa")
    assert.deepStrictEqual(yield* seeded.store(pair(2), hasGeneration(1)), { _tag: "Stored" })
    assert.strictEqual(json().providers["openai-codex"].tokens.refresh_token, "refresh-2")
    assert.strictEqual(json().credential_pool["openai-codex"][0].refresh_token, "refresh-2")
    assert.deepStrictEqual(yield* seeded.clear(hasGeneration(2), dead), { cleared: true, removed: ["aaaaaa"] })
    assert.notProperty(json().providers["openai-codex"].tokens, "refresh_token")
  })
)

it.live("lifts the last error of a login that gets tokens, and leaves no old expiry", () =>
  Effect.gen(function* () {
    const { at, json } = yield* given((file) => {
      Object.assign(file.providers["openai-codex"], { last_auth_error: { code: "invalid_grant" } })
      Object.assign(file.credential_pool["openai-codex"][0]!, { expires_at: "2026-11-22T09:00:00Z", expires_at_ms: 1 })
    })
    const next = { ...pair(2), account: "workspace-1", expiresAt: Date.UTC(2026, 10, 22, 20) }
    yield* Effect.flatMap(at(block), ({ store }) => store(next, () => true))
    assert.notProperty(json().providers["openai-codex"], "last_auth_error")
    assert.strictEqual(json().providers["openai-codex"].tokens.account_id, "workspace-1")
    const [seeded] = json().credential_pool["openai-codex"]
    assert.deepStrictEqual([seeded.expires_at, seeded.expires_at_ms], ["2026-11-22T20:00:00.000Z", next.expiresAt])
    assert.notProperty(seeded, "account_id")
  })
)

it.live("clears a dead login: its tokens and seeded rows go, keys, other logins and active_provider stay", () =>
  Effect.gen(function* () {
    const { at, json } = yield* given()
    const answer = yield* Effect.flatMap(at(block), ({ clear }) => clear(hasGeneration(1), dead))
    assert.deepStrictEqual(answer, { cleared: true, removed: ["aaaaaa"] })
    const before: any = hermesFile()
    const { updated_at: _, ...after } = json()
    before.providers["openai-codex"].tokens = { token_type: "Bearer", id_token: "id-1" }
    before.providers["openai-codex"].last_auth_error = {
      provider: "openai-codex",
      code: "refresh_token_reused",
      message: "it was used before",
      reason: "credential_pool_refresh_failure",
      relogin_required: true,
      at: "2026-11-22T12:00:00.000Z"
    }
    before.credential_pool["openai-codex"].shift()
    delete before.updated_at
    assert.deepStrictEqual(after, before)
  })
)

it.live("keeps a manual row of the dead login, without tokens and marked dead", () =>
  Effect.gen(function* () {
    const { at, json } = yield* given((file) =>
      Object.assign(file.credential_pool["openai-codex"][1]!, { refresh_token: "refresh-1" })
    )
    yield* Effect.flatMap(at(block), ({ clear }) => clear(hasGeneration(1), dead))
    assert.deepStrictEqual(json().credential_pool["openai-codex"][0], {
      id: "bbbbbb",
      label: "second account",
      auth_type: "oauth",
      priority: 0,
      source: "manual:device_code",
      ...noStatus,
      last_status: "dead",
      last_status_at: dead.at / 1000,
      last_error_code: 401,
      last_error_reason: "refresh_token_reused",
      last_error_message: "it was used before",
      unknown_row_field: "kept"
    })
  })
)

it.live("leaves the block alone when a row of its own is cleared", () =>
  Effect.gen(function* () {
    const { at, json } = yield* given()
    const isB = () => true
    const answer = yield* Effect.flatMap(at(row), ({ clear }) => clear(isB, dead))
    assert.deepStrictEqual(answer, { cleared: true, removed: [] })
    assert.deepStrictEqual(json().providers, hermesFile().providers)
    const [seeded, cleared] = json().credential_pool["openai-codex"]
    assert.strictEqual(seeded.refresh_token, "refresh-1")
    assert.deepStrictEqual([cleared.last_status, cleared.refresh_token], ["dead", undefined])
  })
)

it.live("touches neither file nor rows when another process stored a new pair before the clearing", () =>
  Effect.gen(function* () {
    const { at, text } = yield* given((file) =>
      Object.assign(file.providers["openai-codex"].tokens, { access_token: "access-9", refresh_token: "refresh-9" })
    )
    const before = text()
    const answer = yield* Effect.flatMap(at(block), ({ clear }) => clear(hasGeneration(1), dead))
    assert.deepStrictEqual([answer.cleared, answer.removed], [false, []])
    assert.strictEqual(text(), before)
  })
)

it.live("does not bring back a row that was removed since its authority was asked for", () =>
  Effect.gen(function* () {
    const { at, path, text } = yield* given()
    const authority = yield* at(row)
    const file: any = hermesFile()
    file.credential_pool["openai-codex"] = []
    writeFileSync(path, JSON.stringify(file))
    const before = text()
    const error = yield* Effect.flip(authority.store(pair(2), () => true))
    assert.deepStrictEqual(error.reason, { _tag: "Unavailable", code: "NotFound" })
    assert.strictEqual(text(), before)
  })
)

it.live("writes a block into a file that is not there, private to the user", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "auth.json")
    const store = HermesStore.make({ path, ledger: ours })
    assert.deepStrictEqual(yield* store.survey, { logins: [], problems: [] })
    const authority = yield* store.authority({ kind: "hermes", path, slot: block })
    assert.deepStrictEqual(yield* authority.read, {})
    yield* authority.store(pair(1), ({ refresh }) => refresh === undefined)
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
  })
)

it.live("removes what a killed writer of ours left beside the file, an hour later", () =>
  Effect.gen(function* () {
    const { at, path } = yield* given()
    const names = [`.auth.json.${"a".repeat(24)}.tmp`, `.auth.json.${"b".repeat(24)}.tmp`, "auth.json.tmp.7.hermes"]
    const [old = "", young = "", hermes = ""] = names.map((name) => join(path, "..", name))
    for (const file of [old, young, hermes]) writeFileSync(file, "access-0")
    for (const file of [old, hermes]) utimesSync(file, 0, 0)
    yield* Effect.flatMap(at(block), ({ store }) => store(pair(2), hasGeneration(1)))
    assert.deepStrictEqual([old, young, hermes].map(existsSync), [false, true, true])
  })
)

it.live("keeps a linked auth.json a link, and takes the locks beside both names", () =>
  Effect.gen(function* () {
    const { path: real } = yield* given()
    const home = join(yield* tempFolder, "home")
    mkdirSync(home)
    const path = join(home, "auth.json")
    symlinkSync(real, path)
    const authority = yield* HermesStore.make({ path, ledger: ours }).authority({ kind: "hermes", path, slot: block })
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* authority.lock("5 seconds")
        assert.strictEqual(pythonTry(join(home, "auth.lock")), "BlockingIOError")
        assert.strictEqual(pythonTry(real.replace(/json$/, "lock")), "BlockingIOError")
        yield* authority.store(pair(2), hasGeneration(1))
      })
    )
    assert.isTrue(lstatSync(path).isSymbolicLink())
    assert.strictEqual(
      JSON.parse(readFileSync(real, "utf8")).providers["openai-codex"].tokens.refresh_token,
      "refresh-2"
    )
    assert.isFalse(existsSync(`${path}.daybook`))
    assert.isTrue(existsSync(`${real}.daybook`))
  })
)

it.live("a hermes that died between row and block leaves the new pair in the row, and that one counts", () =>
  Effect.gen(function* () {
    const { at, json, logins } = yield* given((file) => {
      const [seeded] = file.credential_pool["openai-codex"]
      Object.assign(seeded as object, {
        access_token: "access-2",
        refresh_token: "refresh-2",
        last_refresh: "2026-11-22T10:00:00Z"
      })
    })
    const authority = yield* at(block)
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-2", "refresh-2"])
    assert.deepStrictEqual(pairOf((yield* logins)[0]?.tokens ?? {}), ["access-2", "refresh-2"])
    const before = json()
    assert.isFalse((yield* authority.clear(hasGeneration(1), dead)).cleared)
    assert.deepStrictEqual(json(), before)
    yield* authority.store(pair(3), hasGeneration(2))
    const { credential_pool, providers } = json()
    assert.deepInclude(providers["openai-codex"].tokens, { refresh_token: "refresh-3", id_token: "id-1" })
    assert.strictEqual(credential_pool["openai-codex"][0].refresh_token, "refresh-3")
  })
)

it.live("a seeded row that is older than its block, or does not say how old it is, does not count", () =>
  Effect.gen(function* () {
    for (const last_refresh of ["2026-11-22T08:00:00Z", null]) {
      const { at } = yield* given((file) => {
        const [seeded] = file.credential_pool["openai-codex"]
        Object.assign(seeded as object, { refresh_token: "refresh-0", last_refresh })
      })
      assert.deepStrictEqual(pairOf(yield* (yield* at(block)).read), ["access-1", "refresh-1"])
    }
  })
)

it.live("behind a linked folder without an auth.json there is one lock, and it can be taken", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    mkdirSync(join(folder, "real"))
    symlinkSync("real", join(folder, "home"))
    const path = join(folder, "home", "auth.json")
    const authority = yield* HermesStore.make({ path, ledger: ours }).authority({ kind: "hermes", path, slot: block })
    yield* Effect.scoped(
      Effect.gen(function* () {
        yield* authority.lock("1 second")
        assert.strictEqual(pythonTry(join(folder, "real", "auth.lock")), "BlockingIOError")
      })
    )
  })
)

it.live("waits for a Python process that holds hermes' lock, and names it when the wait ends", () =>
  Effect.gen(function* () {
    const { at, path } = yield* given()
    const authority = yield* at(block)
    const hermes = yield* pythonHolding(path.replace(/json$/, "lock"))
    assert.strictEqual(yield* hermes.line, "held")
    const error = yield* Effect.flip(Effect.scoped(authority.lock("200 millis")))
    assert.strictEqual(error.reason._tag, "Busy")
    if (error.reason._tag === "Busy") assert.include(error.reason.holder, "python")
    hermes.tell("go")
    assert.strictEqual(yield* hermes.line, "released")
    yield* Effect.scoped(authority.lock("5 seconds"))
  })
)

it.live("keeps Python's flock out while it holds the lock, and not longer", () =>
  Effect.gen(function* () {
    const { at, path } = yield* given()
    const authority = yield* at(block)
    assert.strictEqual(authority.holdLimit, 10_000)
    const lock = path.replace(/json$/, "lock")
    const within = Effect.andThen(
      authority.lock("5 seconds"),
      Effect.sync(() => pythonTry(lock))
    )
    assert.strictEqual(yield* Effect.scoped(within), "BlockingIOError")
    assert.strictEqual(pythonTry(lock), "locked")
  })
)

it.live("only reads API keys and what hermes borrows from other programs", () =>
  Effect.gen(function* () {
    const { at, text } = yield* given((file) =>
      Object.assign(file.credential_pool.openrouter[0]!, { source: "claude_code", access_token: "borrowed" })
    )
    const before = text()
    for (const slot of ["credential_pool.openrouter.dddddd", "credential_pool.openai-codex.cccccc"]) {
      const authority = yield* at(slot)
      assert.isFalse(authority.writable)
      assert.isDefined((yield* authority.read).access)
      const refused = yield* Effect.flip(authority.store({ access: Redacted.make("x") }, () => true))
      assert.strictEqual(refused.reason._tag, "ReadOnly")
      assert.strictEqual((yield* Effect.flip(authority.clear(() => true, dead))).reason._tag, "ReadOnly")
    }
    assert.strictEqual(text(), before)
  })
)

it.live("rows that share an id are logins of their own: none gets another's tokens", () =>
  Effect.gen(function* () {
    const rowOf = (n: number, auth_type: string) => ({
      id: "bbbbbb",
      auth_type,
      source: "manual",
      access_token: `access-${n}`,
      ...(auth_type === "oauth" && { refresh_token: `refresh-${n}` })
    })
    const { at, json, logins } = yield* given((file) => {
      Object.assign(file.credential_pool, {
        "openai-codex": [rowOf(5, "oauth"), rowOf(6, "oauth"), rowOf(7, "api_key")]
      })
    })
    const rows = (yield* logins).filter(({ id }) => id === "bbbbbb").map(({ store }) => store.slot)
    assert.deepStrictEqual(rows, [row, `${row}#2`, `${row}#3`])
    const first = yield* at(row)
    const second = yield* at(`${row}#2`)
    assert.deepStrictEqual(yield* second.store(pair(8), hasGeneration(6)), { _tag: "Stored" })
    assert.isTrue((yield* first.clear(hasGeneration(5), dead)).cleared)
    const written = json().credential_pool["openai-codex"].map((it: any) => [it.access_token, it.refresh_token])
    assert.deepStrictEqual(written, [
      [undefined, undefined],
      ["access-8", "refresh-8"],
      ["access-7", undefined]
    ])
  })
)

it.live("a number as an id of another provider's row, however it is written, is left alone", () =>
  Effect.gen(function* () {
    const { at, path, text } = yield* given()
    const numbered = text().replace(
      '"openrouter": [',
      '"nous": [{ "auth_type": "oauth", "id": 1.0 }],\n    "openrouter": ['
    )
    writeFileSync(path, numbered)
    assert.deepStrictEqual(yield* (yield* at(block)).store(pair(2), hasGeneration(1)), { _tag: "Stored" })
    assert.include(text(), '"id": 1.0')
  })
)

it.live(
  "writes a login of xAI into its block and its seeded row, and one of Anthropic with its end in milliseconds",
  () =>
    Effect.gen(function* () {
      const rowOf = (id: string, source: string) => ({ id, auth_type: "oauth", source, priority: 0 })
      const { json, path } = yield* given((file) => {
        const tokens = { access_token: "access-1", refresh_token: "refresh-1", id_token: "id-1", expires_in: 21600 }
        Object.assign(file.providers, {
          "xai-oauth": { tokens, discovery: { token_endpoint: "x" }, auth_mode: "oauth_device_code" }
        })
        Object.assign(file.credential_pool, {
          "xai-oauth": [{ ...rowOf("xxxxxx", "device_code"), access_token: "access-1", refresh_token: "refresh-1" }],
          anthropic: [
            {
              ...rowOf("yyyyyy", "manual:hermes_pkce"),
              access_token: "access-1",
              refresh_token: "refresh-1",
              expires_at_ms: 5
            }
          ]
        })
      })
      const store = HermesStore.make({ path, ledger: ours, providers: ["openai-codex", "xai-oauth", "anthropic"] })
      const { logins } = yield* store.survey
      for (const slot of ["providers.xai-oauth", "credential_pool.anthropic.yyyyyy"]) {
        assert.strictEqual(logins.find((login) => login.store.slot === slot)?.ownership, "owned")
        const authority = yield* store.authority({ kind: "hermes", path, slot })
        yield* authority.store({ ...pair(2), expiresAt: 1_795_348_800_000 }, () => true)
      }
      const { credential_pool, providers } = json()
      assert.deepInclude(providers["xai-oauth"].tokens, { access_token: "access-2", refresh_token: "refresh-2" })
      assert.deepInclude(providers["xai-oauth"], { discovery: { token_endpoint: "x" }, auth_mode: "oauth_device_code" })
      assert.deepInclude(credential_pool["xai-oauth"][0], { access_token: "access-2", refresh_token: "refresh-2" })
      const { access_token, expires_at_ms, refresh_token } = credential_pool.anthropic[0]
      assert.deepStrictEqual([access_token, refresh_token, expires_at_ms], ["access-2", "refresh-2", 1_795_348_800_000])
    })
)
