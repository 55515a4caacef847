import * as FlockLock from "@daybook/files/FlockLock"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { statSync } from "node:fs"
import { join } from "node:path"
import { nodeHolding, pythonHolding, pythonTry } from "./support/Companion.ts"
import { flockChildren, openOn } from "./support/Descriptors.ts"
import { tempFolder } from "./support/TempFolder.ts"

const lockPath = Effect.map(tempFolder, (folder) => join(folder, "auth.lock"))

const refusal = (path: string) => FlockLock.acquire(path, { timeout: "100 millis" }).pipe(Effect.scoped, Effect.flip)

/** Locks until `release` is run. */
const hold = Effect.fnUntraced(function* (path: string) {
  const scope = yield* Scope.make()
  yield* FlockLock.acquire(path, { timeout: "5 seconds" }).pipe(Scope.provide(scope))
  return { release: Scope.close(scope, Exit.void) }
})

const waitFor = (path: string) =>
  FlockLock.acquire(path, { timeout: "10 seconds" }).pipe(Effect.forkChild({ startImmediately: true }))

it.live("Python's flock keeps us out, and the error names its process", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const python = yield* pythonHolding(path)
    assert.strictEqual(yield* python.line, "held")
    const error = yield* refusal(path)
    assert(error.reason._tag === "LockTimeout")
    assert.isAtLeast(error.reason.waited, 100)
    assert.match(error.message, new RegExp(`python.* \\(pid ${python.pid}\\)`))
  })
)

it.live("our flock keeps Python out until we let go", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const { release } = yield* hold(path)
    assert.strictEqual(yield* pythonTry(path), "BlockingIOError")
    yield* release
    assert.strictEqual(yield* pythonTry(path), "locked")
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
  })
)

it.live("a waiting lock is taken when Python lets go", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const python = yield* pythonHolding(path)
    assert.strictEqual(yield* python.line, "held")
    const waiting = yield* waitFor(path)
    python.tell("release")
    yield* Fiber.join(waiting)
    assert.strictEqual(yield* pythonTry(path), "BlockingIOError")
  })
)

it.live("the lock of our killed process is free", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const other = yield* nodeHolding("flock", path)
    assert.strictEqual(yield* other.line, "held")
    assert.strictEqual(yield* pythonTry(path), "BlockingIOError")
    yield* other.kill
    assert.strictEqual(yield* pythonTry(path), "locked")
  })
)

it.live("a process started while we hold the lock does not keep it after release", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const { release } = yield* hold(path)
    yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const child = spawn("sleep", ["60"])
        await once(child, "spawn")
        return child
      }),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    yield* release
    assert.strictEqual(yield* pythonTry(path), "locked")
  })
)

it.live("fibers of one process take turns, and only one of them asks the kernel", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const python = yield* pythonHolding(path)
    assert.strictEqual(yield* python.line, "held")
    let inside = 0
    const visit = Effect.scoped(
      Effect.gen(function* () {
        yield* FlockLock.acquire(path, { timeout: "10 seconds" })
        const before = inside++
        yield* Effect.yieldNow
        inside--
        return before
      })
    )
    const visits = yield* Effect.forkChild(Effect.all([visit, visit, visit], { concurrency: "unbounded" }), {
      startImmediately: true
    })
    assert.lengthOf(flockChildren(), 1)
    python.tell("release")
    assert.deepStrictEqual(yield* Fiber.join(visits), [0, 0, 0])
  })
)

it.live("the turn within the process counts towards the timeout", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    yield* hold(path)
    const { reason } = yield* refusal(path)
    assert(reason._tag === "LockTimeout")
    assert.strictEqual(reason.holder, "this process")
    assert.lengthOf(flockChildren(), 0)
  })
)

it.live("an interrupted wait leaves no program, no descriptor, no lock and no turn", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const python = yield* pythonHolding(path)
    assert.strictEqual(yield* python.line, "held")
    const scope = yield* Scope.make()
    const waiting = yield* FlockLock.acquire(path, { timeout: "Infinity" }).pipe(
      Scope.provide(scope),
      Effect.forkChild({ startImmediately: true })
    )
    assert.lengthOf(flockChildren(), 1)
    yield* Fiber.interrupt(waiting)
    assert.lengthOf(flockChildren(), 0)
    assert.strictEqual(openOn(path), 0)
    python.tell("release")
    assert.strictEqual(yield* python.line, "released")
    assert.strictEqual(yield* pythonTry(path), "locked")
    yield* hold(path)
  })
)

it.live("a failed wait leaves no descriptor while the caller's scope goes on", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const python = yield* pythonHolding(path)
    assert.strictEqual(yield* python.line, "held")
    yield* Effect.flip(FlockLock.acquire(path, { timeout: 0 }))
    assert.strictEqual(openOn(path), 0)
  })
)

it.live("without the program flock the package that ships it is named", () =>
  Effect.gen(function* () {
    const path = yield* lockPath
    const other = yield* nodeHolding("flock", path, { PATH: yield* tempFolder })
    const message = yield* other.line
    assert.include(message, path)
    assert.include(message, "util-linux")
  })
)

it.live("a missing folder is named", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "missing", "auth.lock")
    const error = yield* refusal(path)
    assert(error.reason._tag === "LockUnavailable")
    assert.strictEqual(error.reason.cause, "ENOENT")
  })
)
