import * as Tally from "@daybook/files/Tally"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { nodeTallied } from "./support/Companion.ts"
import { openOn } from "./support/Descriptors.ts"
import { tempFolder } from "./support/TempFolder.ts"

const tallyPath = Effect.map(tempFolder, (folder) => join(folder, "a.lock"))

const times = (count: number, act: () => void) => Array.from({ length: count }, act)

it.live("whatever is added counts, until it is taken away", () =>
  Effect.gen(function* () {
    const tally = (yield* Tally.open)(yield* tallyPath)
    assert.strictEqual(tally.count(), 0)
    times(5, tally.add)
    assert.strictEqual(tally.count(), 5)
    times(5, tally.subtract)
    assert.strictEqual(tally.count(), 0)
  })
)

it.live("those who open the file apart count together, and each takes away its own", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    const [one, other, third] = [(yield* Tally.open)(path), (yield* Tally.open)(path), (yield* Tally.open)(path)]
    times(2, one.add)
    times(3, other.add)
    assert.deepStrictEqual([one.count(), other.count(), third.count()], [5, 5, 5])
    one.subtract()
    assert.deepStrictEqual([one.count(), other.count(), third.count()], [4, 4, 4])
  })
)

it.live("what another process counts is gone when it is killed, also for who comes into its place", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    const tally = (yield* Tally.open)(path)
    const other = yield* nodeTallied(path, 3)
    assert.strictEqual(yield* other.line, "counted")
    assert.strictEqual(tally.count(), 3)
    tally.add()
    assert.strictEqual(tally.count(), 4)
    yield* other.kill
    assert.strictEqual(tally.count(), 1)
    const late = (yield* Tally.open)(path)
    late.add()
    assert.deepStrictEqual([tally.count(), late.count()], [2, 2])
  })
)

it.live("the number of a dead process does not come back to life with the next one in its place", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    const dead = yield* nodeTallied(path, 7)
    yield* dead.line
    yield* dead.kill
    const late = (yield* Tally.open)(path)
    late.add()
    late.subtract()
    assert.strictEqual((yield* Tally.open)(path).count(), 0)
  })
)

it.live("counting leaves no lock behind: whoever comes next has a place of its own", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    const dead = yield* nodeTallied(path, 2)
    yield* dead.line
    yield* dead.kill
    const looking = (yield* Tally.open)(path)
    times(3, looking.count)
    assert.deepStrictEqual(readFileSync(path), Buffer.alloc(4))
    const next = (yield* Tally.open)(path)
    next.add()
    assert.strictEqual(looking.count(), 1)
    assert.strictEqual(statSync(path).size, 4)
  })
)

it.live("a scope that closes ends what was counted in it, and frees its descriptors", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    const others = (yield* Tally.open)(path)
    const scope = yield* Scope.make()
    const tally = (yield* Tally.open.pipe(Scope.provide(scope)))(path)
    tally.add()
    assert.strictEqual(others.count(), 1)
    yield* Scope.close(scope, Exit.void)
    assert.strictEqual(openOn(path), 1)
    assert.strictEqual(others.count(), 0)
    tally.subtract()
    assert.throws(() => tally.add(), path)
    assert.throws(() => tally.count(), path)
  })
)

it.live("the file is for its owner only, and not created by counting", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    const tally = (yield* Tally.open)(path)
    assert.strictEqual(tally.count(), 0)
    assert.isFalse(existsSync(path))
    tally.add()
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
  })
)

it.live("what stands in the file without a lock counts for nothing", () =>
  Effect.gen(function* () {
    const path = yield* tallyPath
    writeFileSync(path, Buffer.alloc(4099, 0xff))
    assert.strictEqual((yield* Tally.open)(path).count(), 0)
  })
)

it.live("a place that cannot be is a lock error that names it", () =>
  Effect.gen(function* () {
    const path = join(yield* tempFolder, "missing", "a.lock")
    const tally = (yield* Tally.open)(path)
    assert.throws(() => tally.add(), `Cannot lock ${path}: the system answered ENOENT.`)
  })
)
