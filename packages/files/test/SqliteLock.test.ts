import * as SqliteLock from "@daybook/files/SqliteLock"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { lockContract } from "./lockContract.ts"
import { nodeTry } from "./support/Companion.ts"
import { makeReadOnly, smallDisk, tempFolder } from "./support/TempFolder.ts"

lockContract("sqlite")

it.live("the lock file stays empty and alone in its folder", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    const path = join(folder, "ledger.lock")
    const lock = yield* SqliteLock.open(path)
    assert.isTrue(lock.tryLock())
    assert.deepStrictEqual(readdirSync(folder), ["ledger.lock"])
    lock.unlock()
    assert.isTrue(lock.tryLock())
    assert.deepStrictEqual(readdirSync(folder), ["ledger.lock"])
    lock.unlock()
    assert.strictEqual(statSync(path).size, 0)
  })
)

it.live("an existing lock file keeps its mode", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "ledger.lock")
    writeFileSync(path, "")
    chmodSync(path, 0o640)
    yield* SqliteLock.open(path)
    assert.strictEqual(statSync(path).mode & 0o777, 0o640)
  })
)

it.live("a file with content is refused, a database too", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    writeFileSync(join(folder, "text"), "not ours\n")
    new DatabaseSync(join(folder, "database")).exec("CREATE TABLE theirs (id)")
    for (const name of ["text", "database"]) {
      const error = yield* Effect.flip(SqliteLock.open(join(folder, name)))
      assert(error.reason._tag === "LockUnavailable")
      assert.strictEqual(error.reason.cause, "ENOTEMPTY")
      assert.include(error.message, "check that")
    }
  })
)

it.live("a file that was written into after the opening is refused", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "ledger.lock")
    const lock = yield* SqliteLock.open(path)
    writeFileSync(path, "junk".repeat(1000))
    const error = yield* Effect.flip(lock.withLock(0)(Effect.void))
    assert(error.reason._tag === "LockUnavailable")
    assert.strictEqual(error.reason.cause, "SQLITE_NOTADB")
  })
)

it.live("a folder in the way is refused", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Effect.flatMap(tempFolder, SqliteLock.open))
    assert(error.reason._tag === "LockUnavailable")
    assert.strictEqual(error.reason.cause, "SQLITE_CANTOPEN")
  })
)

it.live("on a read-only disk nobody is told that he holds the lock", () =>
  Effect.gen(function* () {
    const disk = yield* smallDisk
    const path = join(disk, "ledger.lock")
    yield* Effect.scoped(SqliteLock.open(path))
    makeReadOnly(disk)
    const lock = yield* SqliteLock.open(path)
    for (const _ of ["first", "again"]) {
      const error = yield* Effect.flip(lock.withLock(0)(Effect.void))
      assert(error.reason._tag === "LockUnavailable")
      assert.strictEqual(error.reason.cause, "EROFS")
    }
    const error = yield* Effect.flip(SqliteLock.open(join(disk, "other.lock")))
    assert(error.reason._tag === "LockUnavailable")
    assert.strictEqual(error.reason.cause, "EROFS")
  })
)

it.live("a Node without SQLite has no such lock", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "ledger.lock")
    assert.include(yield* nodeTry("sqlite", path, "--no-experimental-sqlite"), "node:sqlite is missing on Node")
  })
)

// As Node 22 does while it loads SQLite; Node 24 no longer warns.
const program = `
import { withoutItsWarning } from "../src/internal/NodeSqlite.ts"
const warn = (text) => process.emitWarning(text, "ExperimentalWarning")
const { emitWarning } = process
withoutItsWarning(() => {
  warn("SQLite is an experimental feature and might change at any time")
  warn("Something else is an experimental feature")
})
warn("SQLite was loaded, and here is a later warning")
console.log(process.emitWarning === emitWarning ? "as before" : "still narrowed")
`

it("Node's warning about SQLite reaches nobody, and every other warning does", () => {
  const { stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: import.meta.dirname,
    encoding: "utf8"
  })
  assert.strictEqual(stdout, "as before\n")
  assert.notMatch(stderr, /SQLite is an experimental feature/)
  assert.match(stderr, /Something else is an experimental feature/)
  assert.match(stderr, /a later warning/)
})
