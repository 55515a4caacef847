/** The forms in which hermes' versions have kept logins, and what of them is whose. */
import * as HermesStore from "@daybook/vault/HermesStore"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { death, hermesHome, lastAuthError } from "./support/HermesHome.ts"
import { hasGeneration, noStatus, ours, pair, pairOf } from "./support/Samples.ts"

const oauth = (id: string, source: string, n: number, more: object = {}) => ({
  id,
  auth_type: "oauth",
  source,
  priority: 0,
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`,
  ...more
})

const tokens = (n: number) => ({ access_token: `access-${n}`, refresh_token: `refresh-${n}` })

const slotsOf = (logins: ReadonlyArray<{ readonly store: { readonly slot: string } }>) =>
  logins.map(({ store }) => store.slot)

const pool = (provider: string, ...rows: ReadonlyArray<object>) => ({ credential_pool: { [provider]: rows } })

/** Every shape whose grants may be spent: where it stands, and how it is read back from the file. */
const shapes: ReadonlyArray<{
  readonly name: string
  readonly slot: string
  readonly file: object
  readonly seeded: string | undefined
}> = [
  {
    name: "a Codex block with its row",
    slot: "providers.openai-codex",
    file: {
      providers: { "openai-codex": { tokens: tokens(1), auth_mode: "chatgpt" } },
      ...pool("openai-codex", oauth("seeded", "device_code", 1), oauth("friend", "manual:device_code", 7))
    },
    seeded: "seeded"
  },
  {
    name: "an xAI block of the device flow",
    slot: "providers.xai-oauth",
    file: {
      providers: { "xai-oauth": { tokens: tokens(1), auth_mode: "oauth_device_code" } },
      ...pool("xai-oauth", oauth("seeded", "device_code", 1), oauth("friend", "manual", 7))
    },
    seeded: "seeded"
  },
  {
    name: "an xAI block of the older flow",
    slot: "providers.xai-oauth",
    file: {
      providers: { "xai-oauth": { tokens: { ...tokens(1), expires_in: 21600 }, auth_mode: "oauth_pkce" } },
      ...pool("xai-oauth", oauth("seeded", "loopback_pkce", 1), oauth("friend", "manual:xai_pkce", 7))
    },
    seeded: "seeded"
  },
  {
    name: "a block without a row",
    slot: "providers.openai-codex",
    file: {
      providers: { "openai-codex": { tokens: tokens(1) } },
      ...pool("openai-codex", oauth("friend", "manual", 7))
    },
    seeded: undefined
  },
  {
    name: "a row added by hand",
    slot: "credential_pool.anthropic.mine00",
    file: pool("anthropic", oauth("mine00", "manual:hermes_pkce", 1), oauth("friend", "manual:hermes_pkce", 7)),
    seeded: undefined
  }
]

/** Everything that holds a token of the nth generation. */
const holdersOf = (value: any, n: number): number =>
  JSON.stringify(value).split(`"refresh-${n}"`).length - 1 + (JSON.stringify(value).split(`"access-${n}"`).length - 1)

describe.each(shapes)("in hermes' file, $name", ({ file, seeded, slot }) => {
  const active = { version: 1, active_provider: "openrouter", anything: { kept: [1.5] }, ...file }

  it.live("is listed once and owned, beside the other row", () =>
    Effect.gen(function* () {
      const { logins } = yield* hermesHome(active)
      const listed = yield* logins
      assert.deepStrictEqual(
        listed.map(({ ownership }) => ownership),
        ["owned", "owned"]
      )
      assert.strictEqual(slotsOf(listed)[0], slot)
      assert.strictEqual(listed[0]?.id, seeded ?? (slot.startsWith("credential_pool") ? "mine00" : undefined))
    })
  )

  it.live("takes a pair in all its places and leaves everything else as it is", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome(active)
      const places = holdersOf(json(), 1)
      assert.deepStrictEqual(yield* (yield* at(slot)).store(pair(2), hasGeneration(1)), { _tag: "Stored" })
      assert.deepStrictEqual([holdersOf(json(), 1), holdersOf(json(), 2)], [0, places])
      assert.strictEqual(holdersOf(json(), 7), 2)
      assert.deepInclude(json(), { active_provider: "openrouter", anything: { kept: [1.5] } })
    })
  )

  it.live("loses its tokens when it is dead, and takes nobody along", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome(active)
      const answer = yield* (yield* at(slot)).clear(hasGeneration(1), death)
      assert.deepStrictEqual(answer, { cleared: true, removed: seeded === undefined ? [] : [seeded] })
      assert.strictEqual(holdersOf(json(), 1), 0)
      assert.strictEqual(holdersOf(json(), 7), 2)
      assert.strictEqual(json().active_provider, "openrouter")
    })
  )

  it.live("keeps a newer pair that came between verdict and clearing, and its row", () =>
    Effect.gen(function* () {
      const { at, text } = yield* hermesHome(active)
      const authority = yield* at(slot)
      yield* authority.store(pair(2), hasGeneration(1))
      const before = text()
      assert.isFalse((yield* authority.clear(hasGeneration(1), death)).cleared)
      assert.strictEqual(text(), before)
    })
  )

  it.live("can be put back after it was cleared, and says nothing of its death then", () =>
    Effect.gen(function* () {
      const { at, json, logins } = yield* hermesHome(active)
      yield* (yield* at(slot)).clear(hasGeneration(1), death)
      const isBlank = ({ access, refresh }: { access?: unknown; refresh?: unknown }) => !access && !refresh
      assert.deepStrictEqual(yield* (yield* at(slot)).store(pair(1), isBlank), { _tag: "Stored" })
      const [login] = yield* logins
      assert.strictEqual(login?.store.slot, slot)
      assert.deepStrictEqual(pairOf(login!.tokens), ["access-1", "refresh-1"])
      assert.isUndefined(login?.lastAuthError)
      assert.notInclude(JSON.stringify(json()), "refresh_token_reused")
    })
  )

  it.live("takes the pair of a new login in the same place, whatever was there", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome(active)
      const login = { ...pair(9), account: "workspace-9" }
      yield* (yield* at(slot)).store(login, () => true)
      assert.deepStrictEqual([holdersOf(json(), 1), holdersOf(json(), 7)], [0, 2])
      assert.deepStrictEqual(pairOf(yield* (yield* at(slot)).read), ["access-9", "refresh-9"])
    })
  )
})

describe("what hermes says of a login that it took the tokens from", () => {
  it.live("is read on whichever way it came about, and only while there are no tokens", () =>
    Effect.gen(function* () {
      for (const reason of [
        "credential_pool_refresh_failure",
        "runtime_refresh_failure",
        "runtime_access_refresh_failure"
      ]) {
        const block = { tokens: {}, last_auth_error: lastAuthError(reason) }
        const { at, logins } = yield* hermesHome({ providers: { "openai-codex": block } })
        const expected = { code: "invalid_grant", message: "gone", reason, at: Date.UTC(2026, 10, 22, 12) }
        assert.deepStrictEqual((yield* logins)[0]?.lastAuthError, expected)
        const authority = yield* at("providers.openai-codex")
        assert.deepStrictEqual(yield* authority.lastAuthError!, expected)
      }
      const alive = { tokens: tokens(1), last_auth_error: lastAuthError("runtime_refresh_failure") }
      const { at, logins } = yield* hermesHome({ providers: { "openai-codex": alive } })
      assert.isUndefined((yield* logins)[0]?.lastAuthError)
      assert.isUndefined(yield* (yield* at("providers.openai-codex")).lastAuthError!)
    })
  )

  it.live("is written under the way that fits: by the pool if it had a row, else without it", () =>
    Effect.gen(function* () {
      const reasonAfter = Effect.fnUntraced(function* (rows: ReadonlyArray<object>) {
        const { at, json } = yield* hermesHome({
          providers: { "xai-oauth": { tokens: tokens(1) } },
          ...pool("xai-oauth", ...rows)
        })
        yield* (yield* at("providers.xai-oauth")).clear(hasGeneration(1), death)
        return json().providers["xai-oauth"].last_auth_error.reason
      })
      assert.strictEqual(yield* reasonAfter([oauth("seeded", "device_code", 1)]), "credential_pool_refresh_failure")
      assert.strictEqual(yield* reasonAfter([]), "runtime_refresh_failure")
    })
  )

  it.live("is shown beside the tokens that hermes leaves a dead row of the pool", () =>
    Effect.gen(function* () {
      for (const [last_status_at, at] of [
        [1_795_348_800.5, 1_795_348_800_500],
        ["2026-11-22T12:00:00+00:00", 1_795_348_800_000],
        ["2026-11-22T12:00:00", 1_795_348_800_000],
        [null, undefined]
      ] as const) {
        const dead = { ...noStatus, last_status: "dead", last_status_at, last_error_reason: "token_invalidated" }
        const { logins } = yield* hermesHome(pool("openai-codex", oauth("mine00", "manual", 1, dead)))
        const [login] = yield* logins
        assert.strictEqual(login?.lastAuthError?.code, "token_invalidated")
        assert.strictEqual(login?.lastAuthError?.at, at)
        assert.deepStrictEqual(pairOf(login!.tokens), ["access-1", "refresh-1"])
      }
    })
  )
})

describe("a row of an older hermes", () => {
  it.live("says its end in any of its forms", () =>
    Effect.gen(function* () {
      const end = Date.UTC(2026, 10, 22, 12)
      for (const form of [
        { expires_at: "2026-11-22T12:00:00+00:00" },
        { expires_at: "2026-11-22T12:00:00.000000" },
        { expires_at: "2026-11-22 12:00:00" },
        { expires_at: end / 1000 },
        { expires_at: String(end) },
        { expires_at_ms: end },
        { expires_at_ms: String(end), expires_at: null }
      ]) {
        const { logins } = yield* hermesHome(pool("anthropic", oauth("mine00", "manual", 1, form)))
        assert.strictEqual((yield* logins)[0]?.tokens.expiresAt, end, JSON.stringify(form))
      }
    })
  )

  it.live("is an OAuth login by its token alone, if that is one of Anthropic's", () =>
    Effect.gen(function* () {
      const { auth_type: _, ...row } = oauth("mine00", "manual", 1, { access_token: "sk-ant-oat01-x" })
      const key = { id: "key000", source: "manual", access_token: "sk-ant-api03-x" }
      const { at, logins } = yield* hermesHome(pool("anthropic", row, key))
      assert.deepStrictEqual(
        (yield* logins).map(({ kind }) => kind),
        ["oauth", "apiKey"]
      )
      assert.isTrue((yield* at("credential_pool.anthropic.mine00")).writable)
    })
  )

  it.live(
    "that was seeded twice is one login: under the first row's name, with the newest pair, and both get the next",
    () =>
      Effect.gen(function* () {
        const { at, json, logins } = yield* hermesHome(
          pool(
            "openai-codex",
            oauth("first0", "device_code", 1, { last_refresh: "2026-11-22T01:00:00Z" }),
            oauth("second", "device_code", 2, { last_refresh: "2026-11-22T02:00:00Z" }),
            oauth("friend", "manual:device_code", 7)
          )
        )
        assert.deepStrictEqual(
          (yield* logins).map(({ id, tokens }) => [id, ...pairOf(tokens)]),
          [
            ["first0", "access-2", "refresh-2"],
            ["friend", "access-7", "refresh-7"]
          ]
        )
        yield* (yield* at("credential_pool.openai-codex.first0")).store(pair(3), hasGeneration(2))
        assert.deepStrictEqual(
          json().credential_pool["openai-codex"].map((row: any) => row.refresh_token),
          ["refresh-3", "refresh-3", "refresh-7"]
        )
      })
  )

  it.live("that was read from the environment twice is listed once", () =>
    Effect.gen(function* () {
      const key = (id: string) => ({
        id,
        auth_type: "api_key",
        source: "env:OPENROUTER_API_KEY",
        access_token: "sk-or"
      })
      const { logins } = yield* hermesHome(pool("openrouter", key("first0"), key("second")))
      assert.deepStrictEqual(
        (yield* logins).map(({ id }) => id),
        ["first0"]
      )
    })
  )
})

describe("a row that hermes borrows", () => {
  const sources = ["claude_code", "qwen-cli", "gh_cli", "env:TOKEN", "config:Together.ai", "vault:kv/x", "future:tag"]

  it.live("is no login without secrets, and keeps every field when the file is written", () =>
    Effect.gen(function* () {
      const rows = sources.map((source, index) => ({
        id: `lent0${index}`,
        auth_type: "oauth",
        source,
        request_count: index,
        secret_fingerprint: "sha256:0011223344556677",
        status_cleared_at: 1_795_348_800.25,
        model_cooldowns: { "gpt-x": 1.5 }
      }))
      const { at, json, logins } = yield* hermesHome({
        providers: { "openai-codex": { tokens: tokens(1) } },
        ...pool("openai-codex", ...rows)
      })
      assert.deepStrictEqual(slotsOf(yield* logins), ["providers.openai-codex"])
      yield* (yield* at("providers.openai-codex")).store(pair(2), hasGeneration(1))
      yield* (yield* at("providers.openai-codex")).clear(hasGeneration(2), death)
      assert.deepStrictEqual(json().credential_pool["openai-codex"], rows)
    })
  )

  it.live("with the raw secret of an older hermes is read, and neither spent nor written", () =>
    Effect.gen(function* () {
      for (const source of [...sources, "device_code"]) {
        const provider = source === "device_code" ? "anthropic" : "openai-codex"
        const { at, logins, text } = yield* hermesHome(pool(provider, oauth("lent00", source, 1)))
        const before = text()
        assert.deepInclude((yield* logins)[0], { ownership: "borrowed", source })
        const authority = yield* at(`credential_pool.${provider}.lent00`)
        assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
        assert.isFalse(authority.writable)
        assert.strictEqual((yield* Effect.flip(authority.store(pair(2), () => true))).reason._tag, "ReadOnly")
        assert.strictEqual((yield* Effect.flip(authority.clear(() => true, death))).reason._tag, "ReadOnly")
        assert.strictEqual(text(), before)
      }
    })
  )

  it.live("lends its grant to a row added by hand too, which is then not ours to spend either", () =>
    Effect.gen(function* () {
      const { at, logins } = yield* hermesHome(
        pool("anthropic", oauth("mine00", "manual:hermes_pkce", 1), oauth("lent00", "claude_code", 1))
      )
      assert.deepStrictEqual(slotsOf(yield* logins), ["credential_pool.anthropic.lent00"])
      assert.isFalse((yield* at("credential_pool.anthropic.mine00")).writable)
    })
  )

  it.live("from hermes' own Anthropic login is read out of that login's file, once, and left to hermes", () =>
    Effect.gen(function* () {
      const file = { accessToken: "access-3", refreshToken: "refresh-3", expiresAt: 1_795_348_800_000 }
      const { at, logins, text } = yield* hermesHome(pool("anthropic", oauth("pkce00", "hermes_pkce", 1)), {
        ".anthropic_oauth.json": file
      })
      const [login, ...more] = yield* logins
      assert.deepStrictEqual(more, [])
      assert.strictEqual(login?.ownership, "borrowed")
      const authority = yield* at("credential_pool.anthropic.pkce00")
      const found = yield* authority.read
      assert.deepStrictEqual([...pairOf(found), found.expiresAt], ["access-3", "refresh-3", 1_795_348_800_000])
      assert.isFalse(authority.writable)
      assert.deepStrictEqual(JSON.parse(text(".anthropic_oauth.json")), file)
    })
  )
})

describe("a login of a provider that hermes refreshes without a lock", () => {
  const block = { ...tokens(1), expires_at: "2026-11-22T12:00:00+00:00", region: "global", token_type: "Bearer" }

  it.live("is listed, borrowed, with the tokens of its flat block, and read only", () =>
    Effect.gen(function* () {
      const { at, logins, text } = yield* hermesHome({
        providers: { "minimax-oauth": block },
        ...pool("minimax-oauth", oauth("seeded", "oauth", 1), oauth("mine00", "manual:minimax_oauth", 4))
      })
      const before = text()
      assert.deepStrictEqual(
        (yield* logins).map(({ id, ownership, tokens }) => [id, ownership, ...pairOf(tokens)]),
        [
          ["seeded", "borrowed", "access-1", "refresh-1"],
          ["mine00", "borrowed", "access-4", "refresh-4"]
        ]
      )
      for (const slot of ["providers.minimax-oauth", "credential_pool.minimax-oauth.mine00"]) {
        const authority = yield* at(slot)
        assert.isFalse(authority.writable)
        assert.include(authority.whyReadOnly, "without holding a lock")
        yield* Effect.flip(authority.store(pair(2), () => true))
      }
      assert.strictEqual(text(), before)
    })
  )
})

it.live("Qwen's block holds no login, and is shown nowhere", () =>
  Effect.gen(function* () {
    const { path } = yield* hermesHome({ providers: { "qwen-oauth": { base_url: "https://portal.qwen.ai/v1" } } })
    const store = HermesStore.make({ path, ledger: ours, providers: ["openai-codex"] })
    assert.deepStrictEqual(yield* store.survey, { logins: [], problems: [] })
  })
)

it.live("what a file says in a form that nobody knows is no suppression, and hides no login", () =>
  Effect.gen(function* () {
    for (const odd of [{ suppressed_sources: ["device_code"] }, { systems: 1 }, { suppressed_sources: { nous: 5 } }]) {
      const { logins } = yield* hermesHome({ providers: { "openai-codex": { tokens: tokens(1) } }, ...odd })
      assert.deepStrictEqual(Redacted.value((yield* logins)[0]!.tokens.access!), "access-1")
    }
  })
)
