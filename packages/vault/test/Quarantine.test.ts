import { Quarantine } from "@daybook/vault/Quarantine"
import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fingerprint, grantId, pair, pairOf, revealed } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const day = 24 * 3_600_000
const now = Date.UTC(2026, 10, 22)

const given = Effect.gen(function* () {
  const home = yield* tempFolder
  const quarantine = yield* Effect.provide(Quarantine, Quarantine.layer(home))
  const put = (word: string, n: number, at: number) =>
    quarantine.put(fingerprint(word), {
      tokens: pair(n),
      grant: grantId,
      provider: "openai-codex",
      reason: "Reused",
      at
    })
  return { quarantine, put, folder: join(home, "quarantine") }
})

it.live("what was put there is found again, private to the user", () =>
  Effect.gen(function* () {
    const { folder, put, quarantine } = yield* given
    yield* put("one", 1, now)
    const { tokens, ...rest } = Option.getOrThrow(yield* quarantine.find(fingerprint("one")))
    assert.deepStrictEqual(pairOf(tokens), ["access-1", "refresh-1"])
    assert.deepStrictEqual(rest, {
      fingerprint: fingerprint("one"),
      grant: grantId,
      provider: "openai-codex",
      reason: "Reused",
      at: now
    })
    assert.isTrue(Option.isNone(yield* quarantine.find(fingerprint("two"))))
    assert.strictEqual(statSync(join(folder, `${fingerprint("one")}.json`)).mode & 0o777, 0o600)
  })
)

it.live("what was known of the login is kept with its tokens", () =>
  Effect.gen(function* () {
    const { quarantine } = yield* given
    const tokens = { ...pair(1), account: "me", loggedInAt: now - day, deadline: now + day, resource: "portal.qwen.ai" }
    const about = { grant: grantId, provider: "qwen-oauth", reason: "Reused", at: now }
    yield* quarantine.put(fingerprint("one"), { ...about, tokens })
    const found = Option.getOrThrow(yield* quarantine.find(fingerprint("one")))
    assert.deepStrictEqual(revealed(found.tokens), revealed(tokens))
  })
)

it.live("nothing was ever put there: the list is empty", () =>
  Effect.gen(function* () {
    const { quarantine } = yield* given
    assert.deepStrictEqual(yield* quarantine.list, [])
    assert.deepStrictEqual(yield* quarantine.sweep(now, () => false), [])
  })
)

it.live("a sweep leaves what still counts, however old", () =>
  Effect.gen(function* () {
    const { put, quarantine } = yield* given
    yield* put("counting", 1, now - 31 * day)
    yield* put("old", 2, now - 31 * day)
    const counts = ({ fingerprint: found }: { readonly fingerprint: string }) => found === fingerprint("counting")
    assert.deepStrictEqual(yield* quarantine.sweep(now, counts), [fingerprint("old")])
    assert.isTrue(Option.isSome(yield* quarantine.find(fingerprint("counting"))))
  })
)

it.live("a sweep removes what is older than 30 days and leaves what it cannot read", () =>
  Effect.gen(function* () {
    const { folder, put, quarantine } = yield* given
    yield* put("old", 1, now - 30 * day - 1)
    yield* put("young", 2, now - 30 * day)
    assert.strictEqual((yield* quarantine.list).length, 2)
    writeFileSync(join(folder, "fp_unreadable______.json"), "{}")
    assert.deepStrictEqual(yield* quarantine.sweep(now, () => false), [fingerprint("old")])
    assert.deepStrictEqual(readdirSync(folder).toSorted(), ["fp_unreadable______.json", `${fingerprint("young")}.json`])
    assert.strictEqual((yield* Effect.flip(quarantine.list)).reason._tag, "Corrupt")
  })
)
