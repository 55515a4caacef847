/** Both kinds of lock under a ledger. */
import { assert, describe, it } from "@effect/vitest"
import * as RangeLock from "@daybook/files/RangeLock"
import * as SqliteLock from "@daybook/files/SqliteLock"
import * as FileLedger from "@daybook/ledger/FileLedger"
import { verify } from "@daybook/ledger/Verify"
import { Effect, Exit, Fiber, Result, Stream } from "effect"
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { contract } from "./contract.ts"
import { newGrant, refreshStarted, relabelled, seq } from "./support/Drafts.ts"
import { acknowledgedIn, sizeOf, startWriter } from "./support/Processes.ts"
import { eventually } from "./support/Settle.ts"
import { appendEach, liveIn, numbers, open, readAll, segmentsIn, seqsOf } from "./support/Small.ts"
import { writeElsewhere } from "./support/SmallWriters.ts"
import { tempFolder } from "./support/TempFolder.ts"

const kinds = ["ofd", "sqlite"] as const

contract(
  "the ledger in a file that SQLite locks",
  Effect.map(tempFolder, (folder) => FileLedger.layer({ folder, program: "test", version: "1.2.3", lock: "sqlite" }))
)

const reasonOf = (opening: ReturnType<typeof open>) =>
  Effect.map(Effect.scoped(Effect.flip(opening)), (error) => error.reason)

const firstLineOf = (path: string): string => readFileSync(path, "latin1").split("\n")[0] ?? ""

describe("the kind of lock of a ledger", () => {
  it.effect("is the one asked for when it is begun, and stands in the first line of every segment", () =>
    Effect.gen(function* () {
      for (const lock of kinds) {
        const folder = yield* tempFolder
        yield* Effect.scoped(Effect.flatMap(open(folder, { lock }), (ledger) => appendEach(ledger, 1)))
        const ledger = yield* open(folder)
        yield* appendEach(ledger, 25)
        const files = yield* segmentsIn(folder)
        assert.isAbove(files.length, 2)
        for (const path of files) assert.include(firstLineOf(path), `"lock":"${lock}"`)
      }
    })
  )

  it.effect("is the system's own where nobody asks", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* open(folder)
      assert.include(firstLineOf(liveIn(folder)), '"lock":"ofd"')
    })
  )

  it.effect("refuses whoever asks for another, who leaves everything as it was", () =>
    Effect.gen(function* () {
      for (const [lock, other] of [kinds, kinds.toReversed()] as const) {
        const folder = yield* tempFolder
        const ledger = yield* open(folder, { lock })
        const before = readFileSync(liveIn(folder))
        const reason = yield* reasonOf(open(folder, { lock: other }))
        assert.deepInclude(reason, { _tag: "LockMismatch", path: liveIn(folder), found: lock, ours: other })
        assert.deepStrictEqual(readFileSync(liveIn(folder)), before)
        assert.strictEqual(yield* Effect.map(open(folder, { readOnly: true }), () => "opened"), "opened")
        yield* appendEach(ledger, 1)
      }
    })
  )

  it.effect("leaves no file beside the ledger but the empty one that is locked", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder, { lock: "sqlite" })
      yield* appendEach(ledger, 2)
      assert.deepStrictEqual(readdirSync(folder).toSorted(), ["fingerprint.key", "ledger.jsonl", "ledger.lock"])
      const { mode, size } = statSync(join(folder, "ledger.lock"))
      assert.deepStrictEqual([mode & 0o777, size], [0o600, 0])
    })
  )

  it.effect("is what makes a writer wait while another holds it", () =>
    Effect.gen(function* () {
      for (const lock of kinds) {
        const folder = yield* tempFolder
        const ledger = yield* open(folder, { lock })
        const path = join(folder, "ledger.lock")
        const held = yield* lock === "ofd" ? RangeLock.open(path) : SqliteLock.open(path)
        const appending = yield* held.withLock("1 second")(
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(appendEach(ledger, 1), { startImmediately: true })
            yield* Effect.promise(() => new Promise(setImmediate))
            assert.strictEqual((yield* ledger.head).seq, 1)
            return fiber
          })
        )
        const [event] = yield* Fiber.join(appending)
        assert.strictEqual(event?.seq, 3)
      }
    })
  )

  it.effect("is one, and so is the ledger, when several begin it at the same moment with different kinds", () =>
    Effect.gen(function* () {
      for (const round of numbers(1, 12)) {
        const folder = join(yield* tempFolder, `${round}`)
        const openings = [...kinds, ...kinds].map((lock) => Effect.result(open(folder, { lock })))
        const results = yield* Effect.all(openings, { concurrency: "unbounded" })
        const opened = results.filter(Result.isSuccess).map(({ success }) => success)
        const refused = results.filter(Result.isFailure).map(({ failure }) => failure.reason._tag)
        assert.deepStrictEqual(refused, ["LockMismatch", "LockMismatch"])
        const heads = yield* Effect.forEach(opened, (ledger) => ledger.head)
        assert.strictEqual(new Set(heads.map(({ ledger }) => ledger)).size, 1)
        yield* Effect.forEach(opened, (ledger) => appendEach(ledger, 1), { concurrency: "unbounded" })
        assert.deepInclude(yield* verify(folder), { isConsistent: true, events: 1 + 2 + 2 })
        yield* Effect.scoped(open(folder))
      }
    })
  )
})

describe("a ledger that SQLite locks", () => {
  it.live(
    "is written by several processes, side by side and across seals, and killed ones hold up nobody",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        const ours = yield* open(folder, { lock: "sqlite" })
        const victims = yield* Effect.forEach(["a", "b"], (name) => startWriter(folder, join(folder, name)))
        const [a = "", b = ""] = ["a", "b"].map((name) => join(folder, name))
        yield* eventually(Effect.sync(() => sizeOf(a) > 0 && sizeOf(b) > 0))
        const writing = yield* Effect.forkChild(writeElsewhere(folder, 30))
        for (const { exit, kill } of victims) {
          kill()
          assert.isNull(yield* Effect.promise(() => exit))
          yield* appendEach(ours, 2)
        }
        const ids = [...(yield* Fiber.join(writing)), ...acknowledgedIn(a), ...acknowledgedIn(b)]
        const events = yield* readAll(folder)
        assert.deepStrictEqual(seqsOf(events), numbers(1, events.length))
        const found = new Map(events.map(({ id }) => [id as string, true]))
        assert.strictEqual(found.size, events.length)
        assert.deepStrictEqual(
          ids.filter((id) => !found.has(id)),
          []
        )
        assert.isAbove((yield* segmentsIn(folder)).length, 2)
        assert.isTrue((yield* verify(folder)).isConsistent)
      }),
    120_000
  )

  it.effect("lets one of many openings win that decide on one version", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const openings = yield* Effect.all(Array.from({ length: 5 }, () => open(folder, { lock: "sqlite" })))
      for (const _ of numbers(1, 5)) {
        const grant = newGrant()
        const expected = new Map([[grant, seq(0)]])
        const exits = yield* Effect.forEach(
          openings,
          (ledger) => Effect.exit(ledger.append([refreshStarted(grant)], { expected })),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      }
    })
  )

  it.effect("whose lock file was replaced is locked by the new one", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder, { lock: "sqlite" })
      rmSync(join(folder, "ledger.lock"))
      const other = yield* open(folder)
      const both = [ledger, other, ledger]
      yield* Effect.forEach(both, (it) => it.append([relabelled("one")]), { concurrency: "unbounded" })
      const events = yield* Stream.runCollect(ledger.read())
      assert.deepStrictEqual(seqsOf(events), numbers(1, 6))
      assert.isTrue((yield* verify(folder)).isConsistent)
    })
  )
})
