import { Stash } from "@daybook/vault/Stash"
import { assert, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { nodeReserving } from "./support/Companion.ts"
import { fingerprint, grantId, otherGrantId, pair, pairOf, revealed } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const consumed = fingerprint("consumed")
const about = { grant: grantId, provider: "openai-codex" }

const over = (home: string) => Effect.provide(Stash, Stash.layer(home))

it.live("what was committed is found again, whole, by another opener", () =>
  Effect.gen(function* () {
    const home = yield* tempFolder
    const tokens = {
      ...pair(2),
      idToken: Redacted.make("id-2"),
      account: "workspace-1",
      expiresAt: Date.UTC(2026, 10, 22, 12),
      refreshedAt: Date.UTC(2026, 10, 22, 10),
      loggedInAt: Date.UTC(2026, 10, 1),
      deadline: Date.UTC(2026, 11, 1),
      resource: "portal.qwen.ai"
    }
    const stash = yield* over(home)
    yield* Effect.scoped(Effect.flatMap(stash.reserve(consumed), ({ commit }) => commit(tokens, about)))
    const found = Option.getOrThrow(yield* Effect.flatMap(over(home), ({ find }) => find(consumed)))
    assert.deepStrictEqual(revealed(found.tokens), revealed(tokens))
    assert.deepInclude(found, { consumed, ...about })
    const file = join(home, "stash", `${consumed}.json`)
    assert.strictEqual(statSync(file).mode & 0o777, 0o600)
    assert.strictEqual(statSync(join(home, "stash")).mode & 0o777, 0o700)
  })
)

it.live("nothing is to remove where nothing was ever put", () =>
  Effect.gen(function* () {
    const home = yield* tempFolder
    yield* Effect.flatMap(over(home), ({ remove }) => remove(consumed))
    assert.deepStrictEqual(readdirSync(home), [])
  })
)

it.live("a reservation takes 16 KiB, shows as no entry, and is given back", () =>
  Effect.gen(function* () {
    const home = yield* tempFolder
    const stash = yield* over(home)
    const sizes = Effect.gen(function* () {
      yield* stash.reserve(consumed)
      assert.isTrue(Option.isNone(yield* stash.find(consumed)))
      assert.deepStrictEqual(yield* stash.forGrant(grantId), [])
      return readdirSync(join(home, "stash")).map((name) => statSync(join(home, "stash", name)).size)
    })
    assert.deepStrictEqual(yield* Effect.scoped(sizes), [16_384])
    assert.deepStrictEqual(readdirSync(join(home, "stash")), [])
  })
)

it.live("entries are found by grant, until they are removed", () =>
  Effect.gen(function* () {
    const stash = yield* Effect.flatMap(tempFolder, over)
    const keep = (word: string, n: number, grant: typeof grantId) =>
      Effect.scoped(
        Effect.flatMap(stash.reserve(fingerprint(word)), ({ commit }) => commit(pair(n), { ...about, grant }))
      )
    assert.deepStrictEqual(yield* stash.forGrant(grantId), [])
    yield* keep("one", 1, grantId)
    yield* keep("two", 2, otherGrantId)
    yield* keep("three", 3, grantId)
    const found = yield* stash.forGrant(grantId)
    assert.sameDeepMembers(
      found.map(({ tokens }) => pairOf(tokens)[1]),
      ["refresh-1", "refresh-3"]
    )
    yield* stash.remove(fingerprint("one"))
    yield* stash.remove(fingerprint("one"))
    assert.isTrue(Option.isNone(yield* stash.find(fingerprint("one"))))
    assert.strictEqual((yield* stash.forGrant(grantId)).length, 1)
  })
)

it.live("a process killed between reservation and commit leaves no entry; its space is given back later", () =>
  Effect.gen(function* () {
    const home = yield* tempFolder
    const other = yield* nodeReserving(home, consumed, grantId)
    assert.strictEqual(yield* other.line, "reserved")
    yield* other.kill
    const stash = yield* over(home)
    assert.isTrue(Option.isNone(yield* stash.find(consumed)))
    assert.deepStrictEqual(yield* stash.forGrant(grantId), [])

    const [left = ""] = readdirSync(join(home, "stash"))
    const longAgo = new Date(Date.now() - 2 * 3_600_000)
    utimesSync(join(home, "stash", left), longAgo, longAgo)
    yield* Effect.scoped(stash.reserve(consumed))
    assert.isFalse(existsSync(join(home, "stash", left)))
  })
)

it.live("a process killed after the commit leaves the entry", () =>
  Effect.gen(function* () {
    const home = yield* tempFolder
    const other = yield* nodeReserving(home, consumed, grantId)
    assert.strictEqual(yield* other.line, "reserved")
    other.tell("go")
    assert.strictEqual(yield* other.line, "committed")
    yield* other.kill
    const found = yield* Effect.flatMap(over(home), ({ find }) => find(consumed))
    assert.deepStrictEqual(pairOf(Option.getOrThrow(found).tokens), ["access-2", "refresh-2"])
  })
)

it.live("an unreadable entry is an error and not a none", () =>
  Effect.gen(function* () {
    const home = yield* tempFolder
    const stash = yield* over(home)
    yield* Effect.scoped(stash.reserve(consumed))
    writeFileSync(join(home, "stash", `${consumed}.json`), `{"version":1,"consumed":"${consumed}","grant":5}`)
    const errors = [yield* Effect.flip(stash.find(consumed)), yield* Effect.flip(stash.forGrant(grantId))]
    for (const { reason } of errors) assert.deepInclude(reason, { _tag: "Corrupt", field: "grant" })
  })
)
