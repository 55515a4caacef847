/**
 * What every kind of exclusive lock promises. Each kind's test runs it and adds what is special to it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { nodeCounting, nodeForgetting, nodeHolding, nodeTry } from "./support/Companion.ts"
import { type LockKind, locks } from "./support/Locks.ts"
import { tempFolder } from "./support/TempFolder.ts"

export const lockContract = (kind: LockKind): void => {
  const open = locks[kind]
  const lockPath = Effect.map(tempFolder, (folder) => join(folder, "ledger.lock"))

  /** What a fresh opening of the file finds. */
  const found = (path: string) =>
    open(path).pipe(
      Effect.map((lock) => (lock.tryLock() ? "free" : "held")),
      Effect.scoped
    )

  const refusal = (path: string) =>
    open(path).pipe(
      Effect.flatMap((lock) => lock.withLock("60 millis")(Effect.void)),
      Effect.scoped,
      Effect.flip
    )

  describe(`the lock of kind ${kind}`, () => {
    it.live("is held once: by another opening, and by its own opener", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        const other = yield* open(path)
        assert.isTrue(lock.tryLock())
        assert.isFalse(lock.tryLock())
        assert.isFalse(other.tryLock())
        lock.unlock()
        assert.isTrue(other.tryLock())
        assert.isFalse(lock.tryLock())
      })
    )

    it.live("is not given up by who does not hold it", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        const other = yield* open(path)
        lock.unlock()
        assert.isTrue(lock.tryLock())
        other.unlock()
        assert.strictEqual(yield* found(path), "held")
        assert.include(yield* nodeTry(kind, path), "Cannot lock")
        lock.unlock()
        lock.unlock()
        assert.strictEqual(yield* found(path), "free")
      })
    )

    it.live("ends with the scope of its opening", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const scope = yield* Scope.make()
        const lock = yield* Scope.provide(open(path), scope)
        assert.isTrue(lock.tryLock())
        assert.strictEqual(yield* found(path), "held")
        yield* Scope.close(scope, Exit.void)
        assert.strictEqual(yield* found(path), "free")
        assert.strictEqual(yield* nodeTry(kind, path), "held")
      })
    )

    it.live("outlives the end of other openings of its process", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        assert.isTrue(lock.tryLock())
        assert.strictEqual(yield* found(path), "held")
        assert.isTrue(yield* lock.isSameInode)
        assert.include(yield* nodeTry(kind, path), "Cannot lock")
      })
    )

    it.live("is waited for no longer than allowed, and the timeout tells how long", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        assert.isTrue(lock.tryLock())
        const error = yield* refusal(path)
        assert.include(error.message, path)
        assert(error.reason._tag === "LockTimeout")
        assert.isAtLeast(error.reason.waited, 60)
      })
    )

    it.effect("is waited for in real time under a test clock too", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        assert.isTrue(lock.tryLock())
        assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
      })
    )

    it.live("of another process keeps us out until it lets go", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const other = yield* nodeHolding(kind, path)
        assert.strictEqual(yield* other.line, "held")
        assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
        other.tell("release")
        assert.strictEqual(yield* other.line, "released")
        assert.strictEqual(yield* found(path), "free")
      })
    )

    it.live("of ours keeps another process out until we let go", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        assert.isTrue(lock.tryLock())
        const other = yield* nodeHolding(kind, path)
        const line = yield* Effect.forkChild(other.line, { startImmediately: true })
        assert.include(yield* nodeTry(kind, path), "Cannot lock")
        assert.isUndefined(line.pollUnsafe())
        lock.unlock()
        assert.strictEqual(yield* Fiber.join(line), "held")
      })
    )

    it.live("lets one process in at a time", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        writeFileSync(`${path}.count`, "0")
        const processes = yield* Effect.replicateEffect(nodeCounting(kind, path, `${path}.count`, 200), 3)
        const lines = yield* Effect.forEach(processes, ({ line }) => line, { concurrency: "unbounded" })
        assert.deepStrictEqual(lines, ["done", "done", "done"])
        assert.strictEqual(readFileSync(`${path}.count`, "utf8"), "600")
      })
    )

    it.live("of a killed process goes to who waits for it", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const other = yield* nodeHolding(kind, path)
        assert.strictEqual(yield* other.line, "held")
        const lock = yield* open(path)
        const waiting = yield* Effect.forkChild(lock.withLock("2 seconds")(lock.isSameInode), {
          startImmediately: true
        })
        yield* other.kill
        assert.isTrue(yield* Fiber.join(waiting))
      })
    )

    it.live("is kept when the garbage collector takes all that named it", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const other = yield* nodeForgetting(kind, path)
        assert.strictEqual(yield* other.line, "collected")
        assert.strictEqual(yield* found(path), "held")
        yield* other.kill
        assert.strictEqual(yield* found(path), "free")
      })
    )

    it.live("lets one fiber in at a time, over one opening and over two", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const locks = [yield* open(path), yield* open(path)]
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

    it.live("is given up when the effect under it fails or is interrupted", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        assert.strictEqual(yield* Effect.flip(lock.withLock(0)(Effect.fail("no"))), "no")
        const fiber = yield* Effect.forkChild(lock.withLock(0)(Effect.never), { startImmediately: true })
        assert.strictEqual((yield* refusal(path)).reason._tag, "LockTimeout")
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* found(path), "free")
      })
    )

    it.live("stays with its holder when somebody's wait is interrupted", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        const other = yield* open(path)
        yield* Effect.forkChild(lock.withLock(0)(Effect.never), { startImmediately: true })
        for (const opening of [lock, other]) {
          const waiting = yield* Effect.forkChild(opening.withLock("Infinity")(Effect.void), { startImmediately: true })
          yield* Fiber.interrupt(waiting)
          assert.strictEqual(yield* found(path), "held")
        }
      })
    )

    it.live("says so when its path was replaced", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        assert.isTrue(yield* lock.isSameInode)
        assert.isTrue(lock.tryLock())
        assert.isTrue(yield* lock.isSameInode)
        writeFileSync(`${path}.new`, "")
        renameSync(`${path}.new`, path)
        assert.isFalse(yield* lock.isSameInode)
        assert.strictEqual(yield* found(path), "free")
      })
    )

    it.live("says so when its path was removed", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        const lock = yield* open(path)
        rmSync(path)
        assert.isFalse(yield* lock.isSameInode)
      })
    )

    it.live("has a private file that stays", () =>
      Effect.gen(function* () {
        const path = yield* lockPath
        assert.strictEqual(yield* found(path), "free")
        assert.isTrue(existsSync(path))
        assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      })
    )

    it.live("names a missing folder", () =>
      Effect.gen(function* () {
        const path = join(yield* tempFolder, "missing", "ledger.lock")
        const error = yield* refusal(path)
        assert(error.reason._tag === "LockUnavailable")
        assert.strictEqual(error.reason.cause, "ENOENT")
        assert.include(error.message, path)
      })
    )

    it.live("refuses with a typed error once closed", () =>
      Effect.gen(function* () {
        const lock = yield* Effect.scoped(Effect.flatMap(lockPath, open))
        const error = yield* Effect.flip(lock.withLock(0)(Effect.void))
        assert.strictEqual(error.reason._tag, "LockUnavailable")
        assert.throws(() => lock.tryLock(), /Cannot lock/)
        assert.isFalse(yield* lock.isSameInode)
      })
    )
  })
}
