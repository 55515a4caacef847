import { assert, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { spawnSync } from "node:child_process"
import { fstatSync, renameSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as RangeLock from "@daybook/files/RangeLock"
import { lockContract } from "./lockContract.ts"
import { nodeTry } from "./support/Companion.ts"
import { openOn } from "./support/Descriptors.ts"
import { tempFolder } from "./support/TempFolder.ts"

lockContract("range")

const lockPath = Effect.map(tempFolder, (folder) => join(folder, "ledger.lock"))

const refusal = (path: string) => RangeLock.acquire(path, { timeout: "60 millis" }).pipe(Effect.scoped, Effect.flip)

/** Locks until `release` is run. */
const hold = Effect.fnUntraced(function* (path: string) {
  const scope = yield* Scope.make()
  yield* RangeLock.acquire(path, { timeout: "5 seconds" }).pipe(Scope.provide(scope))
  return { release: Scope.close(scope, Exit.void) }
})

const lockedNow = (path: string) => RangeLock.acquire(path, { timeout: 0 }).pipe(Effect.scoped, Effect.asVoid)

it.live("a second opening in the same process waits until the first is closed", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const { release } = yield* hold(path)
    const error = yield* refusal(path)
    assert.strictEqual(error.reason._tag, "LockTimeout")
    assert.include(error.message, path)
    yield* release
    yield* lockedNow(path)
  })
)

it.live("a file locked once and a file kept open exclude each other", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const lock = yield* RangeLock.open(path)
    const { release } = yield* hold(path)
    assert.isFalse(lock.tryLock())
    yield* release
    assert.isTrue(lock.tryLock())
    assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
  })
)

it.live("an interrupted wait leaves neither a lock nor a descriptor", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const { release } = yield* hold(path)
    const scope = yield* Scope.make()
    const waiting = yield* RangeLock.acquire(path, { timeout: "Infinity" }).pipe(
      Scope.provide(scope),
      Effect.forkChild({ startImmediately: true })
    )
    assert.strictEqual(openOn(path), 2)
    yield* Fiber.interrupt(waiting)
    assert.strictEqual(openOn(path), 1)
    yield* release
    yield* lockedNow(path)
    assert.strictEqual(openOn(path), 0)
  })
)

it.live("a path replaced while we wait is locked anew", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const { release } = yield* hold(path)
    const waiting = yield* Effect.forkChild(RangeLock.acquire(path, { timeout: "5 seconds" }), {
      startImmediately: true
    })
    writeFileSync(`${path}.new`, "")
    renameSync(`${path}.new`, path)
    yield* release
    const locked = yield* Fiber.join(waiting)
    assert.isTrue(yield* locked.isSameInode)
    assert.strictEqual(fstatSync(locked.fd).ino, statSync(path).ino)
    assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
  })
)

const program = `
import { Effect } from "effect"
import * as RangeLock from "@daybook/files/RangeLock"
console.log(Effect.runSync(RangeLock.isAvailable))
`

it("whether the system has a build of the library can be asked", () => {
  const without = spawnSync(process.execPath, ["--no-addons", "--input-type=module", "-e", program], {
    cwd: import.meta.dirname,
    encoding: "utf8"
  })
  assert.isTrue(Effect.runSync(RangeLock.isAvailable))
  assert.strictEqual(without.stdout, "false\n")
})

it.live("without a build of the library nothing is locked, and the error names it", () =>
  Effect.gen(function* () {
    const line = yield* nodeTry("range", yield* lockPath, "--no-addons")
    assert.include(line, "fs-native-extensions is missing on")
  })
)
