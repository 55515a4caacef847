import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import { setImmediate } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import { relabelled, seq } from "./support/Drafts.ts"
import { allOf, appendEach, liveIn, numbers, open, readAll, segmentsIn, seqsOf, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** The folder of a closed ledger of some segments. */
const written = Effect.fnUntraced(function* (count: number) {
  const folder = yield* tempFolder
  yield* write(folder, count)
  return { folder, live: liveIn(folder) }
})

/** Follows until `count` events were seen, and tells how far it is. */
const follow = Effect.fnUntraced(function* (ledger: Ledger["Service"], count: number, from?: Seq) {
  const begun = yield* Deferred.make<void>()
  const fiber = yield* ledger.tail(from).pipe(
    Stream.tap(() => Deferred.succeed(begun, undefined)),
    Stream.take(count),
    Stream.runCollect,
    Effect.forkChild
  )
  yield* Deferred.await(begun)
  return fiber
})

const reasonOf = <A, R>(effect: Effect.Effect<A, { readonly reason: unknown }, R>) =>
  Effect.map(Effect.scoped(Effect.flip(effect)), (error) => error.reason)

const replaceBy = (live: string, content: string): void => {
  writeFileSync(`${live}.copy`, content)
  renameSync(`${live}.copy`, live)
}

describe("a follower", () => {
  it.live("who stops anywhere goes on behind the last event it saw, across seals", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(10)
      const ledger = yield* open(folder, { readOnly: true })
      const writer = yield* open(folder)
      const seen: Array<Recorded> = []
      for (const count of [1, 2, 3, 5, 7, 11, 13, 17]) {
        yield* appendEach(writer, 6)
        const from = seen.length === 0 ? undefined : seq(seen.length + 1)
        seen.push(...(yield* Stream.runCollect(Stream.take(ledger.tail(from), Math.min(count, 6)))))
      }
      assert.isAbove((yield* segmentsIn(folder)).length, 4)
      assert.deepStrictEqual(seen, (yield* allOf(writer)).slice(0, seen.length))
      assert.strictEqual(seen.length, 1 + 2 + 3 + 5 + 6 * 4)
    })
  )

  it.live("leaves half a line alone, and sees what closes it", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(2)
      const ledger = yield* open(folder, { readOnly: true })
      const following = yield* follow(ledger, 7)
      appendFileSync(live, '{"seq":5,"at":"2026-11-22T10')
      yield* ledger.state
      yield* write(folder, 1)
      const events = yield* Fiber.join(following)
      assert.deepStrictEqual(seqsOf(events), numbers(1, 7))
      assert.deepStrictEqual(
        events.slice(4).map(({ type }) => type),
        ["TailSealed", "ActorJoined", "CredentialRelabelled"]
      )
    })
  )

  it.effect("looks again every two seconds where the system tells of no change", () =>
    Effect.gen(function* () {
      yield* withoutNotices
      const { folder } = yield* written(2)
      let reads = 0
      const real = yield* SystemCalls
      const read: SystemCalls["read"] = (...asked) => {
        reads++
        return real.read(...asked)
      }
      const calls = { ...real, read }
      const ledger = yield* open(folder, { readOnly: true, calls })
      const seen: Array<number> = []
      const following = yield* ledger.tail().pipe(
        Stream.tap((event) => Effect.sync(() => seen.push(event.seq))),
        Stream.take(12),
        Stream.runDrain,
        Effect.forkChild
      )
      while (seen.length < 4) yield* Effect.promise(() => setImmediate())
      yield* write(folder, 10)
      reads = 0
      yield* TestClock.adjust("1990 millis")
      assert.strictEqual(reads, 0)
      yield* TestClock.adjust("10 millis")
      yield* Fiber.join(following)
      assert.deepStrictEqual(seen, numbers(1, 12))
    })
  )

  it.live("of a ledger that a longer copy took the place of sees what is new in the copy, once", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(5)
      const { folder: elsewhere } = yield* written(0)
      const ledger = yield* open(folder, { readOnly: true })
      const following = yield* follow(ledger, 9)
      copyFileSync(live, liveIn(elsewhere))
      copyFileSync(`${folder}/fingerprint.key`, `${elsewhere}/fingerprint.key`)
      yield* write(elsewhere, 1)
      replaceBy(live, readFileSync(liveIn(elsewhere), "latin1"))
      const events = yield* Fiber.join(following)
      assert.deepStrictEqual(events, yield* readAll(folder))
    })
  )

  it.live("of a ledger that a shorter copy took the place of is told that events are gone", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(5)
      const ledger = yield* open(folder, { readOnly: true })
      const following = yield* follow(ledger, 100)
      replaceBy(live, readFileSync(live, "latin1").split("\n").slice(0, 3).concat("").join("\n"))
      const reason = yield* reasonOf(Fiber.join(following))
      assert.deepInclude(reason, { _tag: "Damaged", path: live, line: 4 })
    })
  )

  it.live("of a ledger that another took the place of sees nothing of it", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(5)
      const other = yield* written(8)
      const ledger = yield* open(folder, { readOnly: true })
      const following = yield* follow(ledger, 100)
      replaceBy(live, readFileSync(other.live, "latin1"))
      assert.deepInclude(yield* reasonOf(Fiber.join(following)), { _tag: "Damaged", path: live })
    })
  )

  it.live("leaves nothing open when it goes away", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(30)
      const ledger = yield* open(folder, { readOnly: true })
      const openNow = () => readdirSync("/proc/self/fd").length
      yield* Stream.runDrain(Stream.take(ledger.tail(), 1))
      const before = openNow()
      yield* Effect.repeat(Stream.runDrain(Stream.take(ledger.tail(), 20)), { times: 20 })
      assert.isAtMost(openNow(), before)
    })
  )
})

/** No notice of a change reaches anybody in the scope, as on a disk that sends none. */
const withoutNotices = Effect.acquireRelease(
  Effect.sync(() => Object.assign(process.env, { CHOKIDAR_USEPOLLING: "1", CHOKIDAR_INTERVAL: "3600000" })),
  () =>
    Effect.sync(() => {
      delete process.env["CHOKIDAR_USEPOLLING"]
      delete process.env["CHOKIDAR_INTERVAL"]
    })
)

const largest = numbers(1, 64).map((index) => relabelled(`${index} ${"x".repeat(15_000)}`))

describe("a slow consumer of 50 MB", () => {
  it.live(
    "costs no more memory than a quick one: what it has not taken yet stays in the file",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        const sizes = { segmentBytes: 16 * 1024 * 1024, snapshotEvery: 1024 * 1024 }
        const writer = yield* open(folder, sizes)
        yield* Effect.repeat(writer.append(largest), { times: 51 })
        const total = (yield* segmentsIn(folder)).reduce((sum, path) => sum + statSync(path).size, 0)
        assert.isAbove(total, 50_000_000)
        const ledger = yield* open(folder, { ...sizes, readOnly: true })
        const before = heapUsed()
        const seen: Array<number> = []
        const held: Array<number> = []
        yield* ledger.tail().pipe(
          Stream.take(ledger.known().head),
          Stream.runForEach((event) =>
            Effect.gen(function* () {
              seen.push(event.seq)
              yield* Effect.yieldNow
              if (event.seq % 300 === 0) {
                yield* writer.append(largest)
                held.push(heapUsed() - before)
              }
            })
          )
        )
        assert.deepStrictEqual(seen, numbers(1, seen.length))
        assert.isNotEmpty(held)
        assert.isBelow(Math.max(...held), 30_000_000)
      }),
    60_000
  )
})

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** In bytes, without what nobody refers to. */
const heapUsed = (): number => {
  collect()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}
