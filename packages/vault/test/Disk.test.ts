/** Disks that are full or may not be written. Nothing that was there is lost. */
import * as HermesStore from "@daybook/vault/HermesStore"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fingerprint, grantId, hasGeneration, hermesFile, ours, pair, pairOf } from "./support/Samples.ts"
import { makeReadOnly, smallDisk } from "./support/TempFolder.ts"

const fill = (disk: string): string => {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(join(disk, "filler"), new Uint8Array(bavail * bsize))
  return join(disk, "filler")
}

const hermesOn = Effect.fnUntraced(function* (disk: string) {
  const path = join(disk, "auth.json")
  writeFileSync(path, JSON.stringify(hermesFile()))
  const ref = { kind: "hermes", path, slot: "providers.openai-codex" } as const
  const authority = yield* HermesStore.make({ path, ledger: ours }).authority(ref)
  yield* Effect.scoped(authority.lock("1 second"))
  return { authority, path }
})

const dead = { code: "invalid_grant", message: "", at: 0 }

it.live("a full disk leaves the old auth.json and no temp file, and the next try succeeds", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const { authority, path } = yield* hermesOn(disk)
    const before = readFileSync(path, "utf8")
    const filler = fill(disk)
    const names = readdirSync(disk)
    for (const { message, reason } of [
      yield* Effect.flip(authority.store(pair(2), hasGeneration(1))),
      yield* Effect.flip(authority.clear(hasGeneration(1), dead))
    ]) {
      assert.strictEqual(reason._tag, "NoSpace")
      assert.include(message, path)
    }
    assert.strictEqual(readFileSync(path, "utf8"), before)
    assert.deepStrictEqual(readdirSync(disk), names)
    rmSync(filler)
    assert.deepStrictEqual(yield* authority.store(pair(2), hasGeneration(1)), { _tag: "Stored" })
  })
)

it.live("a full disk leaves the old grant in the own store", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const login = { grant: grantId, provider: "openai-codex", source: "device_code", tokens: pair(1) }
    const ref = yield* OwnStore.create(disk, login, "1 second")
    const authority = yield* OwnStore.make(disk).authority(ref)
    fill(disk)
    const error = yield* Effect.flip(authority.store(pair(2), hasGeneration(1)))
    assert.strictEqual(error.reason._tag, "NoSpace")
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
  })
)

it.live("a corrupt file on a full disk is refused without a copy", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const { authority, path } = yield* hermesOn(disk)
    const half = JSON.stringify(hermesFile()).slice(0, -200)
    writeFileSync(path, half)
    fill(disk)
    const error = yield* Effect.flip(authority.store(pair(2), hasGeneration(1)))
    assert.strictEqual(error.reason._tag, "Corrupt")
    assert.notProperty(error.reason, "copy")
    assert.strictEqual(readFileSync(path, "utf8"), half)
  })
)

it.live("a reservation in the stash holds on a disk that filled up since; a new one is refused", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const [consumed, other] = [fingerprint("one"), fingerprint("two")]
    const program = Effect.gen(function* () {
      const stash = yield* Stash
      const reservation = yield* stash.reserve(consumed)
      fill(disk)
      assert.strictEqual((yield* Effect.flip(stash.reserve(other))).reason._tag, "NoSpace")
      yield* reservation.commit(pair(2), { grant: grantId, provider: "openai-codex" })
      const [entry] = yield* stash.forGrant(grantId)
      assert.deepStrictEqual(pairOf(entry!.tokens), ["access-2", "refresh-2"])
    })
    yield* program.pipe(Effect.scoped, Effect.provide(Stash.layer(disk)))
  })
)

it.live("a read-only disk is read, and says so before anything is spent", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const { authority, path } = yield* hermesOn(disk)
    makeReadOnly(disk)
    assert.deepStrictEqual(pairOf(yield* authority.read), ["access-1", "refresh-1"])
    const entry = { tokens: pair(1), grant: grantId, provider: "openai-codex", reason: "Reused", at: 0 }
    const refused = [
      yield* Effect.flip(Effect.scoped(authority.lock("1 second"))),
      yield* Effect.flip(authority.store(pair(2), hasGeneration(1))),
      yield* Effect.flip(authority.clear(hasGeneration(1), dead)),
      yield* Effect.flip(Effect.scoped(Stash.use((stash) => stash.reserve(fingerprint("one"))))),
      yield* Effect.flip(Quarantine.use((quarantine) => quarantine.put(fingerprint("one"), entry)))
    ].map(({ reason }) => reason._tag)
    assert.deepStrictEqual(refused, ["ReadOnly", "ReadOnly", "ReadOnly", "ReadOnly", "ReadOnly"])
    assert.include(readFileSync(path, "utf8"), "refresh-1")
  }).pipe((test) =>
    Effect.flatMap(smallDisk, (home) => {
      makeReadOnly(home)
      return Effect.provide(test, [Stash.layer(home), Quarantine.layer(home)])
    })
  )
)
