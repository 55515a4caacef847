import * as Binding from "@daybook/vault/Binding"
import * as HermesStore from "@daybook/vault/HermesStore"
import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { hasGeneration, hermesFile, ours, pair, pairOf, theirs } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const given = Effect.gen(function* () {
  const path = join(yield* tempFolder, "auth.json")
  writeFileSync(path, JSON.stringify(hermesFile()))
  const ref = { kind: "hermes", path, slot: "providers.openai-codex" } as const
  const opened = (ledger?: Binding.Owner) => HermesStore.make({ path, ledger }).authority(ref)
  return { path, opened, marker: `${path}.daybook` }
})

it.live("looking at a store does not bind it", () =>
  Effect.gen(function* () {
    const { marker, opened } = yield* given
    yield* Effect.flatMap(opened(ours), ({ read }) => read)
    assert.isFalse(existsSync(marker))
  })
)

it.live("the first lock binds the store to its ledger, without a secret", () =>
  Effect.gen(function* () {
    const { marker, opened, path } = yield* given
    yield* Effect.scoped(Effect.flatMap(opened(ours), ({ lock }) => lock("1 second")))
    assert.deepStrictEqual(yield* Binding.ownerOf(path), Option.some(ours))
    assert.deepStrictEqual(JSON.parse(readFileSync(marker, "utf8")), { ledger: ours.id, folder: ours.folder })
    assert.strictEqual(statSync(marker).mode & 0o777, 0o600)
    assert.isTrue((yield* opened(ours)).writable)
  })
)

it.live("another ledger may only read, and is told whose the store is", () =>
  Effect.gen(function* () {
    const { opened } = yield* given
    yield* Effect.scoped(Effect.flatMap(opened(theirs), ({ lock }) => lock("1 second")))
    const authority = yield* opened(ours)
    assert.isFalse(authority.writable)
    assert.include(authority.whyReadOnly, theirs.folder)
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
    const { reason } = yield* Effect.flip(authority.store(pair(2), hasGeneration(1)))
    assert.deepInclude(reason, { _tag: "ReadOnly", owner: theirs.folder })
  })
)

it.live("of two ledgers that looked at the same time only one may spend", () =>
  Effect.gen(function* () {
    const { opened } = yield* given
    const first = yield* opened(ours)
    const second = yield* opened(theirs)
    yield* Effect.scoped(first.lock("1 second"))
    const { reason } = yield* Effect.flip(Effect.scoped(second.lock("1 second")))
    assert.deepInclude(reason, { _tag: "ReadOnly", owner: ours.folder })
  })
)

it.live("taking over moves the right to spend", () =>
  Effect.gen(function* () {
    const { opened, path } = yield* given
    const former = yield* opened(theirs)
    yield* Effect.scoped(former.lock("1 second"))
    yield* HermesStore.takeOver(path, ours, "1 second")
    assert.isTrue((yield* opened(ours)).writable)
    assert.strictEqual((yield* Effect.flip(Effect.scoped(former.lock("1 second")))).reason._tag, "ReadOnly")
  })
)

it.live("without a ledger a shared store is read-only", () =>
  Effect.gen(function* () {
    const { marker, opened } = yield* given
    const authority = yield* opened()
    assert.isFalse(authority.writable)
    assert.strictEqual((yield* Effect.flip(Effect.scoped(authority.lock("1 second")))).reason._tag, "ReadOnly")
    assert.isFalse(existsSync(marker))
  })
)

it.live("an unreadable marker is nobody's leave to spend", () =>
  Effect.gen(function* () {
    const { marker, opened } = yield* given
    writeFileSync(marker, JSON.stringify({ ledger: 7 }))
    const error = yield* Effect.flip(opened(ours))
    assert.strictEqual(error.path, marker)
    assert.include(error.message, "ledger")
  })
)
