/** hermes' Nous login, which stands in `auth.json` and in the file that its profiles share. */
import * as HermesStore from "@daybook/vault/HermesStore"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pythonHolding, pythonTry } from "./support/Companion.ts"
import { atHour, death, hermesHome, nousBlock, nousRow, providers, sharedNous } from "./support/HermesHome.ts"
import { hasGeneration, ours, pair, pairOf } from "./support/Samples.ts"

const slot = "providers.nous"
const shared = "shared/nous_auth.json"

const auth = (n: number) => ({
  version: 1,
  providers: { nous: nousBlock(n) },
  active_provider: "nous",
  credential_pool: { nous: [nousRow(n)] }
})

const next = { ...pair(5), refreshedAt: atHour(5), expiresAt: atHour(5) + 900_000 }

describe("a Nous login in hermes' file", () => {
  it.live("is one login, owned, with the tokens of its block", () =>
    Effect.gen(function* () {
      const { at, logins } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      const [login, ...more] = yield* logins
      assert.deepStrictEqual(more, [])
      assert.deepInclude(login, { provider: "nous", ownership: "owned", source: "device_code", id: "dddddd" })
      const authority = yield* at(slot)
      assert.isTrue(authority.writable)
      const tokens = yield* authority.read
      assert.deepStrictEqual(pairOf(tokens), ["access-1", "refresh-1"])
      assert.deepStrictEqual([tokens.refreshedAt, tokens.expiresAt], [atHour(1), atHour(1) + 900_000])
    })
  )

  it.live("changes only its own fields in block, row and shared file when a pair is stored", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome(auth(1), { [shared]: { ...sharedNous(1), anything: 1.5 } })
      const authority = yield* at(slot)
      yield* Effect.scoped(Effect.andThen(authority.lock("5 seconds"), authority.store(next, hasGeneration(1))))
      const { updated_at: _, ...written } = json()
      const status = { last_status: null, last_status_at: null, last_error_code: null, last_error_reason: null }
      const row = { ...nousRow(5), obtained_at: "2026-11-22T05:00:00.000+00:00" }
      assert.deepStrictEqual(written, {
        version: 1,
        providers: {
          nous: {
            ...nousBlock(5),
            obtained_at: "2026-11-22T05:00:00.000+00:00",
            expires_at: "2026-11-22T05:15:00.000+00:00",
            agent_key_expires_at: "2026-11-22T05:15:00.000+00:00",
            agent_key_obtained_at: "2026-11-22T05:00:00.000+00:00"
          }
        },
        active_provider: "nous",
        credential_pool: {
          nous: [
            {
              ...row,
              ...status,
              agent_key_expires_at: "2026-11-22T05:15:00.000+00:00",
              last_error_message: null,
              last_error_reset_at: null,
              last_refresh: "2026-11-22T05:00:00.000Z"
            }
          ]
        }
      })
      const { updated_at: stamp, ...inShared } = json(shared)
      assert.isString(stamp)
      assert.deepStrictEqual(inShared, {
        ...sharedNous(5),
        obtained_at: "2026-11-22T05:00:00.000+00:00",
        expires_at: "2026-11-22T05:15:00.000+00:00",
        anything: 1.5
      })
    })
  )

  it.live("counts in the place where it was refreshed last", () =>
    Effect.gen(function* () {
      for (const [local, common] of [
        [1, 2],
        [2, 1]
      ] as const) {
        const { at, logins } = yield* hermesHome(auth(local), { [shared]: sharedNous(common) })
        assert.deepStrictEqual(pairOf(yield* (yield* at(slot)).read), ["access-2", "refresh-2"])
        assert.deepStrictEqual(pairOf((yield* logins)[0]?.tokens ?? {}), ["access-2", "refresh-2"])
      }
    })
  )

  it.live("counts where hermes goes on with it if neither copy says when it came", () =>
    Effect.gen(function* () {
      const untimed = { obtained_at: null, expires_at: null }
      const { at } = yield* hermesHome(
        { providers: { nous: { ...nousBlock(1), ...untimed } } },
        { [shared]: { ...sharedNous(2), ...untimed } }
      )
      assert.deepStrictEqual(pairOf(yield* (yield* at(slot)).read), ["access-2", "refresh-2"])
    })
  )

  it.live("keeps the refresh token of the newer copy when an answer brings none", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome(auth(1), { [shared]: sharedNous(2) })
      const { access } = pair(5)
      yield* (yield* at(slot)).store({ access: access!, refreshedAt: atHour(5) }, hasGeneration(2))
      for (const place of [json().providers.nous, json(shared), json().credential_pool.nous[0]]) {
        assert.deepStrictEqual([place.access_token, place.refresh_token], ["access-5", "refresh-2"])
      }
    })
  )

  it.live("is compared with its newer copy, and neither file is touched if another pair came", () =>
    Effect.gen(function* () {
      const { at, text } = yield* hermesHome(auth(1), { [shared]: sharedNous(2) })
      const before = [text(), text(shared)]
      const authority = yield* at(slot)
      const stored = yield* authority.store(next, hasGeneration(1))
      assert.strictEqual(stored._tag, "Mismatch")
      if (stored._tag === "Mismatch") assert.deepStrictEqual(pairOf(stored.found), ["access-2", "refresh-2"])
      assert.isFalse((yield* authority.clear(hasGeneration(1), death)).cleared)
      assert.deepStrictEqual([text(), text(shared)], before)
    })
  )

  it.live("is found again by the next reader if the program died between the two files", () =>
    Effect.gen(function* () {
      const { at, path, text, write } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      const before = text()
      yield* (yield* at(slot)).store(next, hasGeneration(1))
      writeFileSync(path, before)
      assert.deepStrictEqual(pairOf(yield* (yield* at(slot)).read), ["access-5", "refresh-5"])
      write("auth.json", auth(6))
      assert.deepStrictEqual(pairOf(yield* (yield* at(slot)).read), ["access-6", "refresh-6"])
    })
  )

  it.live("is not written to auth.json when the shared file cannot take it", () =>
    Effect.gen(function* () {
      const { at, folder, text } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      const authority = yield* at(slot)
      rmSync(join(folder, "shared"), { recursive: true })
      writeFileSync(join(folder, "shared"), "not a folder")
      const before = text()
      yield* Effect.flip(authority.store(next, hasGeneration(1)))
      assert.strictEqual(text(), before)
    })
  )

  it.live("loses its tokens, keys and seeded row in all places when it is dead", () =>
    Effect.gen(function* () {
      const rows = [
        nousRow(1),
        { ...nousRow(1), id: "view00", source: "manual:device_code" },
        { ...nousRow(9), id: "other0", source: "manual:device_code" },
        { id: "key000", auth_type: "api_key", source: "manual", access_token: "sk-nous" }
      ]
      const { at, json } = yield* hermesHome(
        { ...auth(1), credential_pool: { nous: rows } },
        { [shared]: sharedNous(1) }
      )
      const cleared = yield* (yield* at(slot)).clear(hasGeneration(1), death)
      assert.deepStrictEqual(cleared, { cleared: true, removed: ["dddddd", "view00"] })
      const { access_token: _a, refresh_token: _r, ...kept } = nousBlock(1)
      const withoutKeys = Object.fromEntries(Object.entries(kept).filter(([name]) => !name.startsWith("agent_key")))
      assert.deepStrictEqual(json().providers.nous, {
        ...withoutKeys,
        last_auth_error: {
          provider: "nous",
          code: "refresh_token_reused",
          message: "it was used before",
          reason: "credential_pool_refresh_failure",
          relogin_required: true,
          at: "2026-11-22T12:00:00.000Z"
        }
      })
      assert.deepStrictEqual(json().credential_pool.nous, rows.slice(2))
      assert.strictEqual(json().active_provider, "nous")
      assert.notProperty(json(shared), "access_token")
      assert.notProperty(json(shared), "refresh_token")
      assert.strictEqual(json(shared).client_id, "hermes-cli")
    })
  )

  it.live("is buried under hermes' name for its other way when no row of the pool had it", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome({ providers: { nous: nousBlock(1) } }, { [shared]: sharedNous(1) })
      yield* (yield* at(slot)).clear(hasGeneration(1), death)
      assert.strictEqual(json().providers.nous.last_auth_error.reason, "runtime_access_refresh_failure")
    })
  )

  it.live("that was cleared is not brought back by an older copy, and is by a newer one", () =>
    Effect.gen(function* () {
      const { access_token: _a, refresh_token: _r, ...blank } = nousBlock(1)
      const dead = { ...blank, last_auth_error: { code: "invalid_grant", message: "", at: "2026-11-22T03:00:00Z" } }
      const older = yield* hermesHome({ providers: { nous: dead } }, { [shared]: sharedNous(2) })
      assert.deepStrictEqual(yield* Effect.map((yield* older.at(slot)).read, pairOf), [undefined, undefined])
      const newer = yield* hermesHome({ providers: { nous: dead } }, { [shared]: sharedNous(4) })
      assert.deepStrictEqual(yield* Effect.map((yield* newer.at(slot)).read, pairOf), ["access-4", "refresh-4"])
    })
  )

  it.live("that was cleared is not put back over a pair that another profile keeps in the shared file", () =>
    Effect.gen(function* () {
      const { access_token: _a, refresh_token: _r, ...blank } = nousBlock(1)
      const dead = { ...blank, last_auth_error: { code: "invalid_grant", message: "", at: "2026-11-22T03:00:00Z" } }
      const { at, text } = yield* hermesHome({ providers: { nous: dead } }, { [shared]: sharedNous(2) })
      const before = [text(), text(shared)]
      const { store } = yield* at(slot)
      const refused = yield* store(next, ({ refresh }) => refresh === undefined)
      assert.deepStrictEqual(refused._tag === "Mismatch" && pairOf(refused.found), ["access-2", "refresh-2"])
      assert.deepStrictEqual([text(), text(shared)], before)
      assert.strictEqual((yield* store(next, hasGeneration(2)))._tag, "Stored")
    })
  )

  it.live("can be put back after it was cleared, in both files and without the last error", () =>
    Effect.gen(function* () {
      const { at, json } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      yield* (yield* at(slot)).clear(hasGeneration(1), death)
      const authority = yield* at(slot)
      yield* Effect.scoped(
        Effect.andThen(
          authority.lock("5 seconds"),
          authority.store(pair(1), ({ refresh }) => refresh === undefined)
        )
      )
      assert.notProperty(json().providers.nous, "last_auth_error")
      for (const place of [json().providers.nous, json(shared)]) {
        assert.deepStrictEqual([place.access_token, place.refresh_token], ["access-1", "refresh-1"])
      }
      assert.strictEqual(json().providers.nous.agent_key, "access-1")
    })
  )

  it.live("is read and written where an older hermes kept it", () =>
    Effect.gen(function* () {
      const { at, json, logins } = yield* hermesHome(
        { systems: { nous_portal: { ...nousBlock(1), portal_base_url: "https://api.nousresearch.com" } } },
        { [shared]: sharedNous(1) }
      )
      assert.deepStrictEqual(
        (yield* logins).map(({ store }) => store.slot),
        [slot]
      )
      yield* (yield* at(slot)).store(next, hasGeneration(1))
      assert.notProperty(json(), "providers")
      assert.deepInclude(json().systems.nous_portal, {
        refresh_token: "refresh-5",
        portal_base_url: "https://api.nousresearch.com"
      })
    })
  )
})

describe("the locks of a Nous login", () => {
  it.live("are both held, and those of other logins leave the shared one free", () =>
    Effect.gen(function* () {
      const file = { ...auth(1), providers: { nous: nousBlock(1), "xai-oauth": { tokens: { access_token: "a" } } } }
      const { at, folder } = yield* hermesHome(file, { [shared]: sharedNous(1) })
      const tried = () => [join(folder, "auth.lock"), join(folder, "shared", "nous_auth.lock")].map(pythonTry)
      const holding = Effect.fnUntraced(function* (of: string) {
        yield* (yield* at(of)).lock("5 seconds")
        return tried()
      }, Effect.scoped)
      assert.deepStrictEqual(yield* holding(slot), ["BlockingIOError", "BlockingIOError"])
      assert.deepStrictEqual(yield* holding("providers.xai-oauth"), ["BlockingIOError", "locked"])
      assert.deepStrictEqual(tried(), ["locked", "locked"])
    })
  )

  it.live("are not held when a profile has the shared one, and the wait ends for both together", () =>
    Effect.gen(function* () {
      const { at, folder } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      const profile = yield* pythonHolding(join(folder, "shared", "nous_auth.lock"))
      assert.strictEqual(yield* profile.line, "held")
      const authority = yield* at(slot)
      const error = yield* Effect.flip(Effect.scoped(authority.lock("300 millis")))
      assert.strictEqual(error.reason._tag, "Busy")
      assert.strictEqual(pythonTry(join(folder, "auth.lock")), "locked")
    })
  )

  /** Ends when somebody holds it, and this process had the time to hear of that. */
  const untilHeld = Effect.fnUntraced(function* (lock: string) {
    yield* Effect.repeat(
      Effect.andThen(
        Effect.yieldNow,
        Effect.sync(() => pythonTry(lock))
      ),
      { until: (said) => said === "BlockingIOError" }
    )
    assert.strictEqual(yield* (yield* pythonHolding(`${lock}.other`)).line, "held")
  })

  it.live(
    "leave auth.json to hermes while a profile keeps the shared one, and are waited for further",
    () =>
      Effect.gen(function* () {
        const { at, folder } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
        const profile = yield* pythonHolding(join(folder, "shared", "nous_auth.lock"))
        assert.strictEqual(yield* profile.line, "held")
        const authority = yield* at(slot)
        const waiting = yield* Effect.forkChild(Effect.scoped(authority.lock("1 minute")))
        yield* untilHeld(join(folder, "auth.lock"))
        const hermes = yield* pythonHolding(join(folder, "auth.lock"))
        assert.strictEqual(yield* hermes.line, "held")
        hermes.tell("go")
        profile.tell("go")
        assert.isNumber(yield* Fiber.join(waiting))
      }),
    120_000
  )

  it.live("are held since the first of them is", () =>
    Effect.gen(function* () {
      const { at, folder } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      const profile = yield* pythonHolding(join(folder, "shared", "nous_auth.lock"))
      assert.strictEqual(yield* profile.line, "held")
      const authority = yield* at(slot)
      const waiting = yield* Effect.forkChild(Effect.scoped(authority.lock("10 seconds")))
      yield* untilHeld(join(folder, "auth.lock"))
      const before = yield* Clock.currentTimeMillis
      profile.tell("go")
      assert.isAtMost(yield* Fiber.join(waiting), before)
    })
  )

  it.live("do not help once the shared file has gone: nothing may be sent then", () =>
    Effect.gen(function* () {
      const { at, folder } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      const authority = yield* at(slot)
      rmSync(join(folder, shared))
      const error = yield* Effect.flip(Effect.scoped(authority.lock("5 seconds")))
      assert.strictEqual(error.reason._tag, "ReadOnly")
    })
  )
})

describe("a Nous login is only read", () => {
  const whyNot = Effect.fnUntraced(function* (
    block: object,
    others: Readonly<Record<string, object>>,
    spoil: (folder: string) => void = () => undefined
  ) {
    const { at, folder } = yield* hermesHome({ providers: { nous: block } }, others)
    spoil(folder)
    const authority = yield* at(slot)
    assert.isFalse(authority.writable)
    return authority.whyReadOnly ?? ""
  })

  it.live("while the shared file is not where it is looked for", () =>
    Effect.gen(function* () {
      assert.include(yield* whyNot(nousBlock(1), {}), "HERMES_SHARED_AUTH_DIR")
    })
  )

  it.live("while the shared file cannot be read, and is listed all the same", () =>
    Effect.gen(function* () {
      const { at, folder, store } = yield* hermesHome(auth(1), { [shared]: sharedNous(1) })
      writeFileSync(join(folder, shared), '{"refresh_token":')
      const authority = yield* at(slot)
      assert.isFalse(authority.writable)
      assert.include(authority.whyReadOnly, join(folder, shared))
      const { logins, problems } = yield* store.survey
      assert.deepStrictEqual(pairOf(logins[0]?.tokens ?? {}), ["access-1", "refresh-1"])
      assert.strictEqual(problems.length, 1)
    })
  )

  it.live("if it is a guest's, or was made at another portal", () =>
    Effect.gen(function* () {
      const there = { [shared]: sharedNous(1) }
      assert.include(yield* whyNot({ ...nousBlock(1), auth_method: "anonymous" }, there), "guest")
      assert.include(yield* whyNot({ ...nousBlock(1), portal_base_url: "http://localhost:9" }, there), "portal")
    })
  )

  it.live("if it stands in a row of its own, since hermes goes on with its block in place of it", () =>
    Effect.gen(function* () {
      const row = { ...nousRow(7), id: "manual", source: "manual" }
      const { at, logins } = yield* hermesHome(
        { ...auth(1), credential_pool: { nous: [row] } },
        { [shared]: sharedNous(1) }
      )
      assert.strictEqual((yield* logins).find(({ id }) => id === "manual")?.ownership, "borrowed")
      assert.isFalse((yield* at("credential_pool.nous.manual")).writable)
    })
  )
})

it.live("a shared file is looked for in the folder that the program was told", () =>
  Effect.gen(function* () {
    const { folder, path } = yield* hermesHome(auth(1), { "elsewhere/nous_auth.json": sharedNous(3) })
    const store = HermesStore.make({ path, ledger: ours, providers, shared: join(folder, "elsewhere") })
    const authority = yield* store.authority({ kind: "hermes", path, slot })
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-3", "refresh-3"])
    yield* authority.store(next, hasGeneration(3))
    assert.isFalse(existsSync(join(folder, "shared")))
    assert.include(readFileSync(join(folder, "elsewhere/nous_auth.json"), "utf8"), "refresh-5")
  })
)

it.live("a shared file of a guest, without a refresh token, says nothing about the login", () =>
  Effect.gen(function* () {
    const guest = { _schema: 1, access_token: "guest-access", auth_method: "anonymous", anon_token: "anon" }
    const { at } = yield* hermesHome(auth(1), { [shared]: guest })
    assert.deepStrictEqual(pairOf(yield* (yield* at(slot)).read), ["access-1", "refresh-1"])
  })
)
