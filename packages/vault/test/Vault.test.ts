import * as AtomicFile from "@daybook/files/AtomicFile"
import type { Survey } from "@daybook/vault/Login"
import * as OwnStore from "@daybook/vault/OwnStore"
import { type Changed, type StoreSource, Vault } from "@daybook/vault/Vault"
import { assert, it } from "@effect/vitest"
import { Effect, Queue, Stream } from "effect"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pythonEdit } from "./support/Companion.ts"
import { claudeCode, claudeFile } from "./support/Declared.ts"
import { grantId, hasGeneration, hermesFile, otherGrantId, ours, pair, pairOf } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const vaultOver = (folder: string, stores: ReadonlyArray<StoreSource>) =>
  Effect.provide(Vault, Vault.layer({ stores, folder, ledger: ours }))

const codexFile = {
  auth_mode: "chatgpt",
  OPENAI_API_KEY: "sk-codex",
  tokens: { id_token: "id-c", access_token: "access-c", refresh_token: "refresh-c", account_id: "workspace-c" },
  last_refresh: "2026-11-22T09:00:00Z"
}

const newLogin = { grant: grantId, provider: "openai-codex", source: "device_code", label: "mine", tokens: pair(1) }

/** Every kind of file in one folder. */
const given = Effect.gen(function* () {
  const folder = yield* tempFolder
  const hermes = join(folder, "auth.json")
  const codex = join(folder, "codex.json")
  const claude = join(folder, ".credentials.json")
  writeFileSync(hermes, JSON.stringify(hermesFile()))
  writeFileSync(codex, JSON.stringify(codexFile))
  writeFileSync(claude, claudeFile())
  const own = yield* OwnStore.create(folder, newLogin, "1 second")
  return { folder, hermes, codex, claude, own }
})

it.live("stores that are only reached or recovered from are not listed, and give what stands in them", () =>
  Effect.gen(function* () {
    const { claude, codex, folder } = yield* given
    const vault = yield* Effect.provide(
      Vault,
      Vault.layer({
        stores: [{ kind: "own" }],
        reach: [{ kind: "file", file: { ...claudeCode, path: claude } }],
        recoverFrom: [{ kind: "codex-cli", path: codex }],
        folder,
        ledger: ours
      })
    )
    const kindsOf = ({ logins }: Survey) => logins.map(({ store }) => `${store.kind} ${store.slot}`)
    assert.deepStrictEqual(kindsOf(yield* vault.logins), [`own ${grantId}`])
    assert.deepStrictEqual(kindsOf(yield* vault.recoverable), ["codex-cli tokens", "codex-cli OPENAI_API_KEY"])
    for (const ref of [
      { kind: "codex-cli", path: codex, slot: "tokens" },
      { kind: "file", path: claude, slot: "claudeAiOauth" }
    ] as const) {
      const { read, writable } = yield* vault.authority(ref)
      assert.isFalse(writable)
      assert.isDefined((yield* read).access)
    }
  })
)

it.live("lists the logins of all stores with what may be done with each", () =>
  Effect.gen(function* () {
    const { claude, codex, folder, hermes } = yield* given
    const environment = { ROUTER_KEY: "sk-router", EMPTY_KEY: " " }
    const vault = yield* vaultOver(folder, [
      { kind: "own" },
      { kind: "hermes", path: hermes },
      { kind: "codex-cli", path: codex },
      { kind: "file", file: { ...claudeCode, path: claude } },
      {
        kind: "env",
        environment,
        variables: ["ROUTER_KEY", "EMPTY_KEY", "UNSET_KEY"].map((name) => ({ name, provider: "openrouter" }))
      },
      {
        kind: "memory",
        logins: [
          {
            store: { kind: "memory", slot: "mine" },
            provider: "xai-oauth",
            kind: "oauth",
            ownership: "owned",
            source: "program",
            priority: 0,
            tokens: pair(7)
          }
        ]
      }
    ])
    const { logins, problems } = yield* vault.logins
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(
      logins.map(({ kind, ownership, provider, store }) =>
        [store.kind, store.slot, provider, kind, ownership].join(" ")
      ),
      [
        `own ${grantId} openai-codex oauth owned`,
        "hermes providers.openai-codex openai-codex oauth owned",
        "hermes credential_pool.openai-codex.bbbbbb openai-codex oauth owned",
        "hermes credential_pool.openai-codex.cccccc openai-codex apiKey owned",
        "hermes credential_pool.openrouter.eeeeee openrouter apiKey owned",
        "codex-cli tokens openai-codex oauth borrowed",
        "codex-cli OPENAI_API_KEY openai apiKey borrowed",
        "file claudeAiOauth anthropic oauth borrowed",
        "env env:ROUTER_KEY openrouter apiKey borrowed",
        "memory mine xai-oauth oauth owned"
      ]
    )
    for (const { ownership, store, tokens } of logins) {
      const authority = yield* vault.authority(store)
      assert.deepStrictEqual(pairOf(yield* authority.read), pairOf(tokens))
      if (ownership === "borrowed") {
        assert.isFalse(authority.writable)
        assert.strictEqual((yield* Effect.flip(authority.store(pair(2), () => true))).reason._tag, "ReadOnly")
      }
    }
    assert.deepStrictEqual(JSON.parse(readFileSync(codex, "utf8")), codexFile)
    assert.deepStrictEqual(
      vault.sources.map(({ kind, path }) => [kind, path]),
      [
        ["own", join(folder, "grants")],
        ["hermes", hermes],
        ["codex-cli", codex],
        ["file", claude],
        ["env", undefined],
        ["memory", undefined]
      ]
    )
    assert.notInclude(JSON.stringify(vault.sources), "sk-router")
  })
)

it.live("missing files are empty stores, and listing creates none", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const vault = yield* vaultOver(join(folder, "home"), [
      { kind: "own" },
      { kind: "hermes", path: join(folder, "auth.json") },
      { kind: "codex-cli", path: join(folder, "codex.json") },
      { kind: "file", file: { ...claudeCode, path: join(folder, "claude.json") } }
    ])
    assert.deepStrictEqual(yield* vault.logins, { logins: [], problems: [] })
    assert.deepStrictEqual(readdirSync(folder), [])
  })
)

it.live("one unreadable store hides no other, and one unreadable grant no other grant", () =>
  Effect.gen(function* () {
    const { codex, folder, hermes } = yield* given
    const broken = join(folder, "grants", `${otherGrantId}.json`)
    writeFileSync(hermes, JSON.stringify({ providers: 5 }))
    writeFileSync(broken, JSON.stringify({ version: 2 }))
    const vault = yield* vaultOver(folder, [
      { kind: "hermes", path: hermes },
      { kind: "own" },
      { kind: "codex-cli", path: codex }
    ])
    const { logins, problems } = yield* vault.logins
    assert.deepStrictEqual(
      logins.map(({ store }) => store.slot),
      [grantId, "tokens", "OPENAI_API_KEY"]
    )
    assert.deepStrictEqual(
      problems.map(({ path }) => path),
      [hermes, broken]
    )
  })
)

it.live("a login that was made twice is refused and the first stays", () =>
  Effect.gen(function* () {
    const { folder, own } = yield* given
    const again = OwnStore.create(folder, { ...newLogin, tokens: pair(2) }, "1 second")
    assert.deepInclude((yield* Effect.flip(again)).reason, { code: "EEXIST" })
    const authority = yield* Effect.flatMap(vaultOver(folder, [{ kind: "own" }]), (vault) => vault.authority(own))
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
  })
)

it.live("the own store writes what is known of a login in words of its own", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const known = { loggedInAt: Date.UTC(2026, 10, 1), deadline: Date.UTC(2026, 11, 1), resource: "portal.qwen.ai" }
    const { path } = yield* OwnStore.create(folder, { ...newLogin, tokens: { ...pair(1), ...known } }, "1 second")
    assert.deepStrictEqual(JSON.parse(readFileSync(path!, "utf8")).tokens, {
      access_token: "access-1",
      refresh_token: "refresh-1",
      logged_in_at: "2026-11-01T00:00:00.000Z",
      deadline: "2026-12-01T00:00:00.000Z",
      resource: "portal.qwen.ai"
    })
  })
)

it.live("the own store keeps fields it does not know", () =>
  Effect.gen(function* () {
    const { folder, own } = yield* given
    const path = own.path!
    const before = JSON.parse(readFileSync(path, "utf8"))
    writeFileSync(path, JSON.stringify({ ...before, later: { field: 1 } }))
    const authority = yield* OwnStore.make(folder).authority(own)
    yield* authority.store({ ...pair(2), refreshedAt: 0 }, hasGeneration(1))
    assert.deepStrictEqual(JSON.parse(readFileSync(path, "utf8")), {
      ...before,
      tokens: { access_token: "access-2", refresh_token: "refresh-2", refreshed_at: "1970-01-01T00:00:00.000Z" },
      later: { field: 1 }
    })
  })
)

it.live("an own login whose file was removed is not made up again", () =>
  Effect.gen(function* () {
    const { folder } = yield* given
    const ref = { kind: "own", path: join(folder, "grants", `${otherGrantId}.json`), slot: otherGrantId } as const
    const authority = yield* OwnStore.make(folder).authority(ref)
    assert.deepStrictEqual(yield* authority.read, {})
    const error = yield* Effect.flip(authority.store(pair(2), () => true))
    assert.deepStrictEqual(error.reason, { _tag: "Unavailable", code: "NotFound" })
  })
)

it.live("a store that was not opened has no authority here", () =>
  Effect.gen(function* () {
    const { claude, codex, folder, own } = yield* given
    const vault = yield* vaultOver(folder, [{ kind: "own" }])
    const elsewhere = [
      { kind: "codex-cli", path: codex, slot: "tokens" },
      { kind: "file", path: claude, slot: "claudeAiOauth" },
      { kind: "memory", slot: "one" }
    ] as const
    for (const ref of elsewhere) {
      assert.deepInclude((yield* Effect.flip(vault.authority(ref))).reason, { code: "NotOpened" })
    }
    for (const ref of [
      { kind: "own", path: `${folder}/other/grants/${grantId}.json`, slot: grantId },
      { ...own, slot: "../auth" }
    ] as const) {
      assert.deepInclude((yield* Effect.flip(vault.authority(ref))).reason, { code: "OtherHome" })
    }
  })
)

const watching = Effect.fnUntraced(function* (folder: string, stores: ReadonlyArray<StoreSource>) {
  const vault = yield* vaultOver(folder, stores)
  const queue = yield* Queue.unbounded<Changed>()
  yield* Effect.forkScoped(
    Stream.runForEach(vault.changes, (change) => Queue.offer(queue, change)),
    { startImmediately: true }
  )
  return queue
})

it.live("a replaced file, one rewritten in place and a new login are all noticed", () =>
  Effect.gen(function* () {
    const { codex, folder, hermes } = yield* given
    const changes = yield* watching(folder, [
      { kind: "own" },
      { kind: "hermes", path: hermes },
      { kind: "codex-cli", path: codex }
    ])
    yield* pythonEdit("replace", hermes, "access-1", "access-2")
    assert.deepStrictEqual(yield* Queue.take(changes), { kind: "hermes", path: hermes })
    yield* pythonEdit("rewrite", codex, "access-c", "access-d")
    yield* until(changes, { kind: "codex-cli", path: codex })
    yield* OwnStore.create(folder, { ...newLogin, grant: otherGrantId }, "1 second")
    yield* until(changes, { kind: "own", path: join(folder, "grants") })
  })
)

it.live("a file that appears after the watching began is noticed", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const path = join(folder, ".hermes", "auth.json")
    const changes = yield* watching(folder, [{ kind: "hermes", path }])
    mkdirSync(join(folder, ".hermes"))
    yield* AtomicFile.write(path, "{}")
    assert.deepStrictEqual(yield* Queue.take(changes), { kind: "hermes", path })
  })
)

/** One write may tick more than once. */
const until = Effect.fnUntraced(function* (changes: Queue.Dequeue<Changed>, wanted: Changed) {
  let change = yield* Queue.take(changes)
  while (change.kind !== wanted.kind) change = yield* Queue.take(changes)
  assert.deepStrictEqual(change, wanted)
})
