/** What hermes was told not to use, and how it shows that a login was removed. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { rmSync, writeFileSync } from "node:fs"
import { hermesHome } from "./support/HermesHome.ts"
import { hasGeneration, pair, pairOf } from "./support/Samples.ts"

const block = "providers.openai-codex"
const mine = "credential_pool.openai-codex.mine00"

const row = (id: string, source: string, n: number) => ({
  id,
  auth_type: "oauth",
  source,
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`
})

const login = (n: number) => ({ tokens: { access_token: `access-${n}`, refresh_token: `refresh-${n}` } })

const seeded = row("seeded", "device_code", 1)
const manual = row("mine00", "manual:device_code", 7)

const suppressed = { suppressed_sources: { "openai-codex": ["device_code"] } }

describe("a source that hermes was told not to use", () => {
  it.live("hides the block and the row that shows it, and both are neither served nor written", () =>
    Effect.gen(function* () {
      const { at, logins, text } = yield* hermesHome({
        providers: { "openai-codex": login(1) },
        credential_pool: { "openai-codex": [seeded] },
        ...suppressed
      })
      const before = text()
      assert.deepStrictEqual(yield* logins, [])
      for (const slot of [block, "credential_pool.openai-codex.seeded"]) {
        const authority = yield* at(slot)
        assert.deepStrictEqual(pairOf(yield* authority.read), [undefined, undefined])
        assert.include(authority.whyReadOnly, "suppressed")
        yield* Effect.flip(authority.store(pair(2), () => true))
      }
      assert.strictEqual(text(), before)
    })
  )

  it.live("gags no row that stands for itself, not even one that shares the hidden block's tokens", () =>
    Effect.gen(function* () {
      const twin = row("twin00", "manual:device_code", 1)
      const { at, json, logins } = yield* hermesHome({
        providers: { "openai-codex": login(1) },
        credential_pool: { "openai-codex": [seeded, manual, twin] },
        ...suppressed
      })
      assert.deepStrictEqual(
        (yield* logins).map(({ id, ownership }) => [id, ownership]),
        [
          ["mine00", "owned"],
          ["twin00", "owned"]
        ]
      )
      yield* (yield* at(mine)).store(pair(8), hasGeneration(7))
      assert.strictEqual(json().credential_pool["openai-codex"][1].refresh_token, "refresh-8")
    })
  )

  it.live("gags no seeded row whose block is gone: it stands for itself", () =>
    Effect.gen(function* () {
      const { at, logins } = yield* hermesHome({ credential_pool: { "openai-codex": [seeded] }, ...suppressed })
      assert.deepStrictEqual(
        (yield* logins).map(({ id }) => id),
        ["seeded"]
      )
      assert.isTrue((yield* at("credential_pool.openai-codex.seeded")).writable)
    })
  )

  it.live("keeps its block from being written back where it was", () =>
    Effect.gen(function* () {
      const { at, text } = yield* hermesHome({ providers: {}, credential_pool: {}, ...suppressed })
      const before = text()
      const authority = yield* at(block)
      assert.isFalse(authority.writable)
      yield* Effect.flip(authority.store(pair(1), () => true))
      assert.strictEqual(text(), before)
    })
  )

  it.live("gets no block for a pair that comes when its source is suppressed already", () =>
    Effect.gen(function* () {
      const { at, text, write } = yield* hermesHome({ providers: { "openai-codex": login(1) } })
      const authority = yield* at(block)
      for (const providers of [{}, { "openai-codex": login(1) }]) {
        write("auth.json", { providers, ...suppressed })
        const before = text()
        const { reason } = yield* Effect.flip(authority.store(pair(2), () => true))
        assert.deepStrictEqual(reason, { _tag: "Unavailable", code: "NotFound" })
        assert.strictEqual(text(), before)
      }
    })
  )

  it.live("hides what hermes borrows from there, and comes back when it is used again", () =>
    Effect.gen(function* () {
      const auth = { credential_pool: { anthropic: [row("lent00", "claude_code", 1)] } }
      const hidden = { ...auth, suppressed_sources: { anthropic: ["claude_code"] } }
      const { logins, write } = yield* hermesHome(hidden)
      assert.deepStrictEqual(yield* logins, [])
      write("auth.json", auth)
      assert.strictEqual((yield* logins).length, 1)
    })
  )

  it.live("of an older xAI login is known under the newer name too", () =>
    Effect.gen(function* () {
      const auth = {
        providers: { "xai-oauth": login(1) },
        credential_pool: { "xai-oauth": [row("x", "loopback_pkce", 1)] }
      }
      for (const source of ["device_code", "loopback_pkce"]) {
        const { logins } = yield* hermesHome({ ...auth, suppressed_sources: { "xai-oauth": [source] } })
        assert.deepStrictEqual(yield* logins, [], source)
      }
    })
  )
})

describe("a login that hermes removed", () => {
  const proves = Effect.fnUntraced(function* (auth: object, slot: string, source: string) {
    const { at } = yield* hermesHome(auth)
    return yield* (yield* at(slot)).hasRemoved!(source)
  })

  it.live("is one whose block and seeded rows are gone and whose source is suppressed", () =>
    Effect.gen(function* () {
      const others = { credential_pool: { "openai-codex": [manual] } }
      assert.isTrue(yield* proves({ ...others, ...suppressed }, block, "device_code"))
      assert.isTrue(yield* proves({ providers: {}, ...suppressed }, block, "device_code"))
      assert.isTrue(yield* proves({ ...others, ...suppressed }, "credential_pool.openai-codex.seeded", "device_code"))
    })
  )

  it.live("or a row added by hand that is missing from the list of its provider", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* proves({ credential_pool: { "openai-codex": [] } }, mine, "manual:device_code"))
      assert.isTrue(yield* proves({ credential_pool: { "openai-codex": [seeded] } }, mine, "manual:device_code"))
    })
  )

  it.live("is read only, so that nothing is spent for it any more", () =>
    Effect.gen(function* () {
      const { at } = yield* hermesHome({ credential_pool: { "openai-codex": [] } })
      const authority = yield* at(mine)
      assert.isFalse(authority.writable)
      assert.strictEqual(authority.whyReadOnly, "hermes removed it")
    })
  )

  it.live("is not locked by whoever waited while hermes removed it", () =>
    Effect.gen(function* () {
      const { at, write } = yield* hermesHome({
        providers: { "openai-codex": login(1) },
        credential_pool: { "openai-codex": [manual] }
      })
      for (const slot of [block, mine]) {
        const authority = yield* at(slot)
        write("auth.json", { providers: {}, credential_pool: { "openai-codex": [] }, ...suppressed })
        const { reason } = yield* Effect.flip(Effect.scoped(authority.lock("5 seconds")))
        assert.deepStrictEqual(reason, { _tag: "ReadOnly", why: "hermes removed it" })
        write("auth.json", { providers: {}, credential_pool: { "openai-codex": [manual] } })
      }
    })
  )

  const nothingProven: ReadonlyArray<readonly [string, object, string, string]> = [
    ["an empty file", {}, mine, "manual"],
    ["a file begun anew", { version: 1, providers: {} }, mine, "manual"],
    ["a file begun anew, for the block", { version: 1, providers: {} }, block, "device_code"],
    ["a pool without the provider", { credential_pool: { openrouter: [] } }, mine, "manual"],
    ["a list that is none", { credential_pool: null, ...suppressed }, mine, "manual"],
    ["a block that is gone for no reason", { credential_pool: { "openai-codex": [] } }, block, "device_code"],
    [
      "a suppressed source whose block stands",
      { providers: { "openai-codex": login(1) }, ...suppressed },
      block,
      "device_code"
    ],
    ["an emptied block", { providers: { "openai-codex": { tokens: {} } }, ...suppressed }, block, "device_code"],
    [
      "a seeded row that stands",
      { credential_pool: { "openai-codex": [seeded] }, ...suppressed },
      block,
      "device_code"
    ],
    [
      "a seeded row gone without suppression",
      { credential_pool: { "openai-codex": [] } },
      "credential_pool.openai-codex.seeded",
      "device_code"
    ],
    [
      "another source's suppression",
      { credential_pool: {}, suppressed_sources: { "openai-codex": ["claude_code"] } },
      block,
      "device_code"
    ],
    ["a slot named by its place in the list", { credential_pool: { "openai-codex": [] } }, `${mine}#2`, "manual"],
    ["a row that stands", { credential_pool: { "openai-codex": [manual] } }, mine, "manual:device_code"]
  ]

  it.live.each(nothingProven)("is not proven by %s", ([, auth, slot, source]) =>
    Effect.gen(function* () {
      assert.isFalse(yield* proves(auth, slot, source))
    })
  )

  it.live("is not proven by a file that is missing, half written, or no JSON", () =>
    Effect.gen(function* () {
      const { at, path } = yield* hermesHome({ credential_pool: { "openai-codex": [] } })
      for (const content of ["", '{"credential_pool": {"openai-codex": [', "[]", undefined]) {
        if (content === undefined) rmSync(path)
        else writeFileSync(path, content)
        assert.isFalse(yield* (yield* at(mine)).hasRemoved!("manual"), content)
      }
    })
  )
})
