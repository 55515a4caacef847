/** hermes' profiles: shown beside the root's logins, and only read. */
import * as HermesStore from "@daybook/vault/HermesStore"
import { assert, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { hermesHome, nousBlock, providers, sharedNous } from "./support/HermesHome.ts"
import { ours, pair, pairOf } from "./support/Samples.ts"
import { Vault } from "@daybook/vault/Vault"

const row = (id: string, n: number, source = "manual:device_code") => ({
  id,
  auth_type: "oauth",
  source,
  priority: 2,
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`
})

const login = (n: number) => ({ tokens: { access_token: `access-${n}`, refresh_token: `refresh-${n}` } })

const pool = (...rows: ReadonlyArray<object>) => ({ credential_pool: { "openai-codex": rows } })

const work = "profiles/office/auth.json"

it.live("a profile's own login is listed after the root's, borrowed, in the profile's file", () =>
  Effect.gen(function* () {
    const { folder, logins } = yield* hermesHome(pool(row("root00", 1)), { [work]: pool(row("mine00", 2)) })
    assert.deepStrictEqual(
      (yield* logins).map(({ id, ownership, priority, store }) => [id, ownership, priority, store.path]),
      [
        ["root00", "owned", 2, join(folder, "auth.json")],
        ["mine00", "borrowed", 1002, join(folder, work)]
      ]
    )
  })
)

it.live("what a profile shows of the root's logins, or was copied from them, is no second credential", () =>
  Effect.gen(function* () {
    const { logins } = yield* hermesHome(
      {
        providers: { nous: nousBlock(3), "openai-codex": login(1) },
        credential_pool: { "openai-codex": [row("root00", 5)] }
      },
      {
        "shared/nous_auth.json": sharedNous(3),
        "profiles/a/auth.json": {
          providers: { nous: nousBlock(2), "openai-codex": login(1) },
          ...pool(row("other0", 5), row("root00", 4), row("twice0", 8))
        },
        "profiles/b/auth.json": pool(row("again0", 8))
      }
    )
    assert.deepStrictEqual(
      (yield* logins).map(({ id, provider }) => id ?? provider),
      ["nous", "openai-codex", "root00", "twice0"]
    )
  })
)

it.live("a profile's login is read and never written, and the reason names the profile", () =>
  Effect.gen(function* () {
    const { folder, store, text } = yield* hermesHome(pool(), { [work]: pool(row("mine00", 2)) })
    const before = text(work)
    const ref = { kind: "hermes", path: join(folder, work), slot: "credential_pool.openai-codex.mine00" } as const
    assert.isTrue(store.holds(ref))
    const authority = yield* store.authority(ref)
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-2", "refresh-2"])
    assert.include(authority.whyReadOnly, "profile office")
    yield* Effect.flip(authority.store(pair(3), () => true))
    yield* Effect.flip(Effect.scoped(authority.lock("1 second")))
    assert.strictEqual(text(work), before)
  })
)

it.live("a profile's file opened by itself is read only too, and shows what is its own", () =>
  Effect.gen(function* () {
    const copies = [row("copied", 1), row("mine00", 2)]
    const { folder, write } = yield* hermesHome(pool(row("root00", 1)), { [work]: pool(...copies) })
    const path = join(folder, work)
    const store = HermesStore.make({ path, ledger: ours, providers })
    const { logins } = yield* store.survey
    assert.deepStrictEqual(
      logins.map(({ id, ownership }) => [id, ownership]),
      [["mine00", "borrowed"]]
    )
    const authority = yield* store.authority({ kind: "hermes", path, slot: "credential_pool.openai-codex.mine00" })
    assert.isFalse(authority.writable)
    assert.include(authority.whyReadOnly, "profile office")
    write("auth.json", ["not hermes' any more"])
    const unsure = yield* store.survey
    assert.deepStrictEqual([unsure.logins, unsure.problems.length], [[], 1])
  })
)

it.live("a profile that cannot be read is a problem of its own, and hides nothing", () =>
  Effect.gen(function* () {
    const { folder, store } = yield* hermesHome(pool(row("root00", 1)), {
      [work]: pool(row("mine00", 2)),
      "profiles/play/auth.json": pool(row("play00", 3))
    })
    writeFileSync(join(folder, work), "{")
    mkdirSync(join(folder, "profiles/empty"))
    const { logins, problems } = yield* store.survey
    assert.deepStrictEqual(
      logins.map(({ id }) => id),
      ["root00", "play00"]
    )
    assert.deepStrictEqual(
      problems.map(({ path }) => path),
      [join(folder, work)]
    )
    chmodSync(join(folder, work), 0o600)
  })
)

it.live("a change in a profile, in the shared file or in hermes' Anthropic login is noticed", () =>
  Effect.gen(function* () {
    const { folder, path, write } = yield* hermesHome(pool(), {
      [work]: pool(),
      "shared/nous_auth.json": sharedNous(1)
    })
    const noticed = Effect.fnUntraced(function* (name: string) {
      const changes = (yield* Vault).changes.pipe(Stream.filter((changed) => changed.path === join(folder, name)))
      let count = 0
      const writing = Effect.sync(() => write(name, { written: (count += 1) }))
      return yield* Effect.raceFirst(
        Stream.runHead(changes),
        Effect.forever(Effect.andThen(writing, Effect.sleep("50 millis")))
      )
    })
    const layer = Vault.layer({ stores: [{ kind: "hermes", path, providers }], folder })
    for (const name of [work, "shared/nous_auth.json", ".anthropic_oauth.json"]) {
      const change = yield* Effect.provide(noticed(name), layer)
      assert.deepStrictEqual(change, Option.some({ kind: "hermes" as const, path: join(folder, name) }))
    }
  })
)
