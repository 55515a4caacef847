import { assert, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { existsSync, fstatSync, renameSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as RangeLock from "@daybook/files/RangeLock"
import { nodeHolding } from "./support/Companion.ts"
import { openOn } from "./support/Descriptors.ts"
import { tempFolder } from "./support/TempFolder.ts"

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

it.live("a timeout tells how long was waited", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    yield* hold(path)
    const { reason } = yield* refusal(path)
    assert(reason._tag === "LockTimeout")
    assert.isAtLeast(reason.waited, 60)
  })
)

it.live("another process keeps us out until it lets go", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const other = yield* nodeHolding("range", path)
    assert.strictEqual(yield* other.line, "held")
    assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
    other.tell("release")
    assert.strictEqual(yield* other.line, "released")
    yield* lockedNow(path)
  })
)

it.live("we keep another process out until we let go", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const { release } = yield* hold(path)
    const other = yield* nodeHolding("range", path)
    const line = yield* Effect.forkChild(other.line, { startImmediately: true })
    assert.isUndefined(line.pollUnsafe())
    yield* release
    assert.strictEqual(yield* Fiber.join(line), "held")
  })
)

it.live("the lock of a killed process goes to who waits for it", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const other = yield* nodeHolding("range", path)
    assert.strictEqual(yield* other.line, "held")
    const waiting = yield* Effect.forkChild(RangeLock.acquire(path, { timeout: "2 seconds" }), {
      startImmediately: true
    })
    yield* other.kill
    const locked = yield* Fiber.join(waiting)
    assert.isTrue(yield* locked.isSameInode)
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

it.effect("waiting takes real time under a test clock too", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    yield* hold(path)
    assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
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

it.live("a lock whose path was replaced says so", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const locked = yield* RangeLock.acquire(path, { timeout: 0 })
    assert.isTrue(yield* locked.isSameInode)
    writeFileSync(`${path}.new`, "")
    renameSync(`${path}.new`, path)
    assert.isFalse(yield* locked.isSameInode)
  })
)

it.live("the lock file is private and stays", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    yield* lockedNow(path)
    assert.isTrue(existsSync(path))
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
  })
)

it.live("a missing folder is named", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "missing", "ledger.lock")
    const error = yield* refusal(path)
    assert(error.reason._tag === "LockUnavailable")
    assert.strictEqual(error.reason.cause, "ENOENT")
    assert.include(error.message, path)
  })
)

it.live("an open lock is held once, also by its own opener", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const lock = yield* RangeLock.open(path)
    const other = yield* RangeLock.open(path)
    assert.isTrue(lock.tryLock())
    assert.isFalse(lock.tryLock())
    assert.isFalse(other.tryLock())
    lock.unlock()
    assert.isTrue(other.tryLock())
    lock.unlock()
    assert.isFalse(lock.tryLock())
  })
)

it.live("withLock lets one fiber in at a time, over one opening and over two", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const locks = [yield* RangeLock.open(path), yield* RangeLock.open(path)]
    let inside = 0
    const visit = Effect.gen(function* () {
      const before = inside++
      yield* Effect.yieldNow
      inside--
      return before
    })
    const visits = yield* Effect.forEach(
      [...locks, ...locks, ...locks, ...locks],
      (lock) => lock.withLock("5 seconds")(visit),
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(visits, [0, 0, 0, 0, 0, 0, 0, 0])
  })
)

it.live("withLock gives the lock up when its effect fails or is interrupted", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const lock = yield* RangeLock.open(path)
    assert.strictEqual(yield* Effect.flip(lock.withLock(0)(Effect.fail("no"))), "no")
    const fiber = yield* Effect.forkChild(lock.withLock(0)(Effect.never), { startImmediately: true })
    assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
    yield* Fiber.interrupt(fiber)
    yield* lockedNow(path)
  })
)

it.live("an interrupted withLock leaves the lock of another fiber alone", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const lock = yield* RangeLock.open(path)
    yield* Effect.forkChild(lock.withLock(0)(Effect.never), { startImmediately: true })
    const waiting = yield* Effect.forkChild(lock.withLock("Infinity")(Effect.void), { startImmediately: true })
    yield* Fiber.interrupt(waiting)
    assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
  })
)

it.live("a closed lock refuses with a typed error", () =>
  Effect.gen(function* () {
    const lock = yield* Effect.scoped(Effect.flatMap(lockPath, RangeLock.open))
    const error = yield* Effect.flip(lock.withLock(0)(Effect.void))
    assert.strictEqual(error.reason._tag, "LockUnavailable")
    assert.throws(() => lock.tryLock(), /Cannot lock/)
  })
)
