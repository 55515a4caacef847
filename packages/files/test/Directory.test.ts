import * as Directory from "@daybook/files/Directory"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeReadOnly, smallDisk, tempFolder } from "./support/TempFolder.ts"

const modeOf = (path: string) => statSync(path).mode & 0o777

it.live("a missing folder is created private, its parents as usual", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const usual = join(folder, "usual")
    mkdirSync(usual)
    assert.isTrue(yield* Directory.ensurePrivate(join(folder, "share", "daybook")))
    assert.strictEqual(modeOf(join(folder, "share", "daybook")), 0o700)
    assert.strictEqual(modeOf(join(folder, "share")), modeOf(usual))
  })
)

it.live("an existing private folder is fine", () =>
  Effect.gen(function* () {
    const folder = join(yield* tempFolder, "daybook")
    mkdirSync(folder, { mode: 0o700 })
    assert.isTrue(yield* Directory.ensurePrivate(folder))
  })
)

it.live("an existing folder open to others is reported and left alone", () =>
  Effect.gen(function* () {
    const folder = join(yield* tempFolder, "daybook")
    mkdirSync(folder)
    chmodSync(folder, 0o750)
    assert.isFalse(yield* Directory.ensurePrivate(folder))
    assert.strictEqual(modeOf(folder), 0o750)
  })
)

it.live("a file in the way is an error", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "daybook")
    writeFileSync(path, "")
    const error = yield* Effect.flip(Directory.ensurePrivate(path))
    assert.strictEqual(error.code, "ENOTDIR")
    assert.include(error.message, path)
  })
)

it.live("a read-only disk is ReadOnly", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    makeReadOnly(disk)
    const error = yield* Effect.flip(Directory.ensurePrivate(join(disk, "daybook")))
    assert.strictEqual(error.reason._tag, "ReadOnly")
  })
)

it.live("a folder is synced, a missing one is NotFound", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    yield* Directory.sync(folder)
    const error = yield* Effect.flip(Directory.sync(join(folder, "missing")))
    assert.strictEqual(error.reason._tag, "NotFound")
  })
)
