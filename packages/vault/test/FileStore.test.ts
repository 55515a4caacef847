import * as AtomicFile from "@daybook/files/AtomicFile"
import * as FileStore from "@daybook/vault/FileStore"
import { type Changed, Vault } from "@daybook/vault/Vault"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue, Stream } from "effect"
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { pythonEdit, pythonHolding } from "./support/Companion.ts"
import { claudeCode, claudeFile, given, qwen, qwenFile, samples } from "./support/Declared.ts"
import { ours, pair, pairOf, revealed } from "./support/Samples.ts"

describe.each(Object.entries(samples))("the file of %s", (_, { content, declaration, slot, tokens }) => {
  it.live("shows a borrowed login with all its tokens, and the same when it is read by itself", () =>
    Effect.gen(function* () {
      const { path, read, store } = yield* given(declaration, content)
      const { logins, problems } = yield* store.survey
      assert.deepStrictEqual(problems, [])
      assert.deepStrictEqual(
        logins.map((login) => ({ ...login, tokens: revealed(login.tokens) })),
        [
          {
            store: { kind: "file", path, slot },
            provider: declaration.provider,
            kind: "oauth",
            ownership: "borrowed",
            source: declaration.owner,
            priority: 0,
            tokens
          }
        ]
      )
      assert.deepStrictEqual<object>(revealed(yield* read(slot)), tokens)
    })
  )

  it.live("is never spent, never cleared and never locked, and says whose it is and how to renew it", () =>
    Effect.gen(function* () {
      const { path, store } = yield* given(declaration, content)
      const authority = yield* store.authority({ kind: "file", path, slot })
      const { owner, renew } = declaration
      assert.isFalse(authority.writable)
      assert.strictEqual(authority.whyReadOnly, `it belongs to ${owner}; ${renew} to renew it`)
      const refused = [
        yield* Effect.flip(Effect.scoped(authority.lock("1 second"))),
        yield* Effect.flip(authority.store(pair(2), () => true)),
        yield* Effect.flip(authority.clear(() => true, { code: "invalid_grant", message: "", at: 0 }))
      ]
      for (const { message, reason } of refused) {
        assert.strictEqual(reason._tag, "ReadOnly")
        assert.include(message, `${path}: it belongs to ${owner}; ${renew} to renew it.`)
      }
    })
  )

  it.live("stays as it is, with nothing new beside it", () =>
    Effect.gen(function* () {
      const { folder, path, read, store } = yield* given(declaration, content)
      const before = statSync(path, { bigint: true })
      yield* store.survey
      yield* read(slot)
      const after = statSync(path, { bigint: true })
      assert.deepStrictEqual([after.ino, after.mtimeNs, after.mode], [before.ino, before.mtimeNs, before.mode])
      assert.strictEqual(readFileSync(path, "utf8"), content)
      assert.deepStrictEqual(readdirSync(folder), ["login"])
    })
  )

  it.live("is an empty store when it is missing", () =>
    Effect.gen(function* () {
      const { folder, read, store } = yield* given(declaration, undefined)
      assert.deepStrictEqual(yield* store.survey, { logins: [], problems: [] })
      assert.deepStrictEqual(yield* read(slot), {})
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )
})

it.live("a description names file, owner and provider, and no secret", () =>
  Effect.gen(function* () {
    const { path, store } = yield* given(claudeCode, claudeFile())
    const { about, ...description } = store.description
    assert.deepStrictEqual(description, { kind: "file", path })
    assert.include(about, "Claude Code")
    assert.include(about, "anthropic")
    assert.notInclude(about, "access-c")
  })
)

it.live("a file is read while its owner holds its lock", () =>
  Effect.gen(function* () {
    const { path, read } = yield* given(qwen, qwenFile())
    const owner = yield* pythonHolding(path)
    assert.strictEqual(yield* owner.line, "held")
    assert.deepStrictEqual(pairOf(yield* read("tokens")), ["access-q", "refresh-q"])
  })
)

it.live("a link is followed, and stays a link", () =>
  Effect.gen(function* () {
    const { folder, path, read } = yield* given(claudeCode, undefined)
    mkdirSync(join(folder, "dotfiles"))
    writeFileSync(join(folder, "dotfiles", "claude.json"), claudeFile())
    symlinkSync(join("dotfiles", "claude.json"), path)
    assert.deepStrictEqual(pairOf(yield* read("claudeAiOauth")), ["access-c", "refresh-c"])
    assert.deepStrictEqual(readdirSync(folder), ["dotfiles", "login"])
  })
)

it.live("a relative path is one file, wherever the program goes afterwards", () =>
  Effect.gen(function* () {
    const { path } = yield* given(claudeCode, claudeFile())
    const store = FileStore.make({ ...claudeCode, path: relative(process.cwd(), path) })
    assert.strictEqual(store.description.path, path)
    assert.isTrue(store.holds({ kind: "file", path, slot: "claudeAiOauth" }))
  })
)

const create = (path: string) => AtomicFile.write(path, claudeFile({ accessToken: "access-d" }))

describe.each<[what: string, before: string | undefined, renew: (path: string) => Effect.Effect<unknown, unknown>]>([
  ["by a new file in place of the old", claudeFile(), (path) => pythonEdit("replace", path, "access-c", "access-d")],
  ["in the file as it is", claudeFile(), (path) => pythonEdit("rewrite", path, "access-c", "access-d")],
  ["in a file that was not there", undefined, create]
])("a login that its owner renews %s", (_, before, renew) => {
  it.live("is noticed", () =>
    Effect.gen(function* () {
      const { file, folder, path } = yield* given(claudeCode, before)
      const stores = [{ kind: "file" as const, file }]
      const vault = yield* Effect.provide(Vault, Vault.layer({ stores, folder, ledger: ours }))
      const changes = yield* Queue.unbounded<Changed>()
      yield* Effect.forkScoped(
        Stream.runForEach(vault.changes, (change) => Queue.offer(changes, change)),
        { startImmediately: true }
      )
      yield* renew(path)
      assert.deepStrictEqual(yield* Queue.take(changes), { kind: "file", path })
      const authority = yield* vault.authority({ kind: "file", path, slot: "claudeAiOauth" })
      assert.deepStrictEqual(pairOf(yield* authority.read), ["access-d", "refresh-c"])
    })
  )
})
