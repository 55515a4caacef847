/** Beside another program that shares the file as hermes does: each reads what the other wrote, and nothing is lost. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hermesPeer } from "./support/Companion.ts"
import { death, hermesHome, nousBlock, nousRow, sharedNous } from "./support/HermesHome.ts"
import { hasGeneration, hermesFile, pair, pairOf } from "./support/Samples.ts"

const slow = 120_000
const shared = "shared/nous_auth.json"

const places = [
  { provider: "openai-codex", auth: hermesFile(), others: {} },
  {
    provider: "xai-oauth",
    auth: {
      providers: { "xai-oauth": { tokens: { access_token: "access-1", refresh_token: "refresh-1" } } },
      credential_pool: {
        "xai-oauth": [
          {
            id: "aaaaaa",
            auth_type: "oauth",
            source: "device_code",
            access_token: "access-1",
            refresh_token: "refresh-1"
          }
        ]
      }
    },
    others: {}
  },
  {
    provider: "nous",
    auth: { providers: { nous: nousBlock(1) }, credential_pool: { nous: [{ ...nousRow(1), id: "aaaaaa" }] } },
    others: { [shared]: sharedNous(1) }
  }
]

describe.each(places)("a login of $provider in hermes' file", ({ auth, others, provider }) => {
  const slot = `providers.${provider}`

  it.live(
    "is what the other program reads after we stored it, and what we read after it did",
    () =>
      Effect.gen(function* () {
        const { at, path } = yield* hermesHome(auth, others)
        const authority = yield* at(slot)
        yield* Effect.scoped(Effect.andThen(authority.lock("5 seconds"), authority.store(pair(2), hasGeneration(1))))
        assert.deepStrictEqual(yield* hermesPeer(path, "read", provider), {
          access_token: "access-2",
          refresh_token: "refresh-2"
        })
        yield* hermesPeer(path, "rotate", provider, "access-3", "refresh-3")
        assert.deepStrictEqual(pairOf(yield* authority.read), ["access-3", "refresh-3"])
        assert.strictEqual((yield* authority.store(pair(4), hasGeneration(2)))._tag, "Mismatch")
        assert.strictEqual((yield* authority.store(pair(4), hasGeneration(3)))._tag, "Stored")
      }),
    slow
  )

  it.live(
    "is dead for each when the other buried it, and neither buries the other's newer pair",
    () =>
      Effect.gen(function* () {
        const { at, path } = yield* hermesHome(auth, others)
        const authority = yield* at(slot)
        yield* hermesPeer(path, "rotate", provider, "access-2", "refresh-2")
        assert.isFalse((yield* authority.clear(hasGeneration(1), death)).cleared)
        yield* authority.store(pair(3), hasGeneration(2))
        assert.deepStrictEqual(yield* hermesPeer(path, "bury", provider, "invalid_grant", "refresh-2"), { done: null })
        assert.deepStrictEqual(pairOf(yield* authority.read), ["access-3", "refresh-3"])
        yield* hermesPeer(path, "bury", provider, "invalid_grant", "refresh-3")
        assert.deepStrictEqual(pairOf(yield* authority.read), [undefined, undefined])
        assert.strictEqual((yield* authority.lastAuthError!)?.code, "invalid_grant")
        yield* authority.store(pair(4), ({ refresh }) => refresh === undefined)
        yield* authority.clear(hasGeneration(4), death)
        assert.deepStrictEqual(yield* hermesPeer(path, "read", provider), { access_token: null, refresh_token: null })
      }),
    slow
  )

  it.live(
    "loses no update of either, though both write at the same time",
    () =>
      Effect.gen(function* () {
        const { at, json, path } = yield* hermesHome(auth, others)
        const rounds = 30
        const storing = Effect.forEach(
          Array.from({ length: rounds }, (_, index) => index + 1),
          (n) =>
            Effect.scoped(
              Effect.gen(function* () {
                const authority = yield* at(slot)
                yield* authority.lock("20 seconds")
                const stored = yield* authority.store(pair(n + 1), hasGeneration(n))
                assert.strictEqual(stored._tag, "Stored", `round ${n}`)
              })
            )
        )
        const [counted] = yield* Effect.all([hermesPeer(path, "count", String(rounds), provider, "aaaaaa"), storing], {
          concurrency: "unbounded"
        })
        assert.strictEqual(counted["writes"], rounds)
        const row = json().credential_pool[provider].find(({ id }: any) => id === "aaaaaa")
        assert.strictEqual(row.request_count, rounds)
        assert.strictEqual(row.refresh_token, `refresh-${rounds + 1}`)
        assert.deepStrictEqual(yield* hermesPeer(path, "read", provider), {
          access_token: `access-${rounds + 1}`,
          refresh_token: `refresh-${rounds + 1}`
        })
      }),
    180_000
  )
})

it.live(
  "what the other program adds and removes is seen, with its bench, and what it removed stays away",
  () =>
    Effect.gen(function* () {
      const { at, json, logins, path } = yield* hermesHome(hermesFile())
      const ids = Effect.map(logins, (all) => all.flatMap(({ id }) => id ?? []))
      yield* hermesPeer(path, "add", "openai-codex", "ffffff", "access-f1", "refresh-f1")
      assert.deepStrictEqual(yield* ids, ["aaaaaa", "bbbbbb", "cccccc", "ffffff", "eeeeee"])
      yield* hermesPeer(path, "cooldown", "openai-codex", "ffffff")
      const added = yield* at("credential_pool.openai-codex.ffffff")
      yield* hermesPeer(path, "remove", "openai-codex", "aaaaaa")
      assert.deepStrictEqual(yield* ids, ["bbbbbb", "cccccc", "ffffff", "eeeeee"])
      assert.isTrue(yield* (yield* at("providers.openai-codex")).hasRemoved!("device_code"))
      yield* added.store(pair(2), () => true)
      const row = json().credential_pool["openai-codex"].find(({ id }: any) => id === "ffffff")
      assert.deepInclude(row, { refresh_token: "refresh-2", last_status: null, last_error_code: null })
      assert.notProperty(json().providers, "openai-codex")
      yield* hermesPeer(path, "remove", "openai-codex", "ffffff")
      yield* Effect.flip(added.store(pair(3), () => true))
      assert.deepStrictEqual(yield* ids, ["bbbbbb", "cccccc", "eeeeee"])
    }),
  slow
)
