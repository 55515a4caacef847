import * as Seats from "@daybook/files/Seats"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { nodeSeated } from "./support/Companion.ts"
import { openOn } from "./support/Descriptors.ts"
import { tempFolder } from "./support/TempFolder.ts"

const seatPath = Effect.map(tempFolder, (folder) => join(folder, "a.lock"))

it.live("every seat that is taken counts once, until it is left", () =>
  Effect.gen(function* () {
    const seats = (yield* Seats.open)(yield* seatPath)
    assert.strictEqual(seats.count(), 0)
    const taken = Array.from({ length: 5 }, () => seats.take()!)
    assert.strictEqual(new Set(taken).size, 5)
    assert.strictEqual(seats.count(), 5)
    taken.slice(0, 2).forEach(seats.leave)
    assert.strictEqual(seats.count(), 3)
    seats.leave(taken[0]!)
    assert.strictEqual(seats.count(), 3)
  })
)

it.live("counting leaves a seat free for whoever comes next", () =>
  Effect.gen(function* () {
    const path = yield* seatPath
    const one = (yield* Seats.open)(path)
    const other = (yield* Seats.open)(path)
    one.take()
    assert.strictEqual(other.count(), 1)
    assert.isDefined(other.take())
    assert.deepStrictEqual([one.count(), other.count()], [2, 2])
  })
)

it.live("the seats of another process count too, and are free when it is killed", () =>
  Effect.gen(function* () {
    const path = yield* seatPath
    const seats = (yield* Seats.open)(path)
    const other = yield* nodeSeated(path, 3)
    assert.strictEqual(yield* other.line, "seated")
    seats.take()
    assert.strictEqual(seats.count(), 4)
    yield* other.kill
    assert.strictEqual(seats.count(), 1)
  })
)

it.live("there is an end to the seats, and no end to coming back to them", () =>
  Effect.gen(function* () {
    const seats = (yield* Seats.open)(yield* seatPath)
    const taken = Array.from({ length: Seats.most }, () => seats.take()!)
    assert.strictEqual(seats.count(), Seats.most)
    assert.isUndefined(seats.take())
    seats.leave(taken[1234]!)
    assert.strictEqual(seats.take(), taken[1234])
  })
)

it.live("a scope that closes frees its seats and its descriptors, and what it leaves later changes nothing", () =>
  Effect.gen(function* () {
    const path = yield* seatPath
    const others = (yield* Seats.open)(path)
    const scope = yield* Scope.make()
    const seats = (yield* Seats.open.pipe(Scope.provide(scope)))(path)
    const seat = seats.take()!
    assert.strictEqual(others.count(), 1)
    yield* Scope.close(scope, Exit.void)
    assert.strictEqual(openOn(path), 1)
    assert.strictEqual(others.count(), 0)
    seats.leave(seat)
    assert.throws(() => seats.take(), path)
    assert.throws(() => seats.count(), path)
  })
)

it.live("the file is for its owner only, empty, and not created by counting", () =>
  Effect.gen(function* () {
    const path = yield* seatPath
    const seats = (yield* Seats.open)(path)
    assert.strictEqual(seats.count(), 0)
    assert.isFalse(existsSync(path))
    seats.take()
    assert.deepInclude(statSync(path), { size: 0 })
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
  })
)

it.live("a place that cannot be is a lock error that names it", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "missing", "a.lock")
    const seats = (yield* Seats.open)(path)
    assert.throws(() => seats.take(), `Cannot lock ${path}: the system answered ENOENT.`)
  })
)
