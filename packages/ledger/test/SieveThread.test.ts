import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Context, Effect } from "effect"
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import { Threads } from "../src/internal/SieveThread.ts"
import { cooldownCleared, relabelled, seq } from "./support/Drafts.ts"
import * as FaultyDisk from "./support/FaultyDisk.ts"
import { allOf, open, segmentsIn, type Small } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

const { program } = Context.get(Context.empty(), Threads)

/** Several pieces in each of several segments. */
const sizes: Small = { segmentBytes: 1024 * 1024, snapshotEvery: 400 * 1024 }

/** Of 6,000 events, every third of them of another type. */
const longLedger = Effect.gen(function* () {
  const folder = yield* tempFolder
  const drafts = Array.from({ length: 500 }, (_, at) => (at % 3 === 0 ? cooldownCleared : relabelled(`label ${at}`)))
  yield* Effect.scoped(
    Effect.flatMap(open(folder, sizes), (ledger) => Effect.repeat(ledger.append(drafts), { times: 11 }))
  )
  assert.isAbove((yield* segmentsIn(folder)).length, 1)
  return folder
})

const scan = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  wanted: { from?: Seq; to?: Seq; types?: Set<string> } = {}
) {
  const events: Array<Recorded> = []
  const end = yield* ledger.scan({ ...wanted, take: (event) => void events.push(event) })
  return { end, events }
})

const withThread = (file = program) => Effect.provideService(Threads, { from: 0, program: file })

const reading = (folder: string) => open(folder, { ...sizes, readOnly: true })

/** A program for the thread, of the test's own. */
const programOf = (folder: string, source: string): URL => {
  const path = join(folder, "program.mjs")
  writeFileSync(path, source)
  return pathToFileURL(path)
}

describe("a second thread over several pieces and segments", () => {
  it.live("finds what is wanted, in order and once", () =>
    Effect.gen(function* () {
      const folder = yield* longLedger
      const ledger = yield* reading(folder)
      const all = yield* allOf(ledger)
      assert.deepStrictEqual((yield* withThread()(scan(ledger))).events, all)
      const types = new Set(["CooldownCleared", "SegmentOpened"])
      const wanted = yield* withThread()(scan(ledger, { from: seq(2_345), types }))
      assert.deepStrictEqual(
        wanted.events,
        all.filter((event) => event.seq >= 2_345 && types.has(event.type))
      )
      assert.deepStrictEqual(wanted.end, { seq: all.length as Seq })
    })
  )

  it.live("ends at the event that is to be the last, wherever in a piece it stands", () =>
    Effect.gen(function* () {
      const folder = yield* longLedger
      const ledger = yield* reading(folder)
      const all = yield* allOf(ledger)
      for (const to of [1, 100, 1_000, 1_500, all.length - 1].map(seq)) {
        const { end, events } = yield* withThread()(scan(ledger, { to }))
        assert.deepStrictEqual(events, all.slice(0, to))
        assert.deepStrictEqual(end, { seq: to })
      }
    })
  )

  it.live("looks at every byte: a changed one is found in whatever piece it stands", () =>
    Effect.gen(function* () {
      const folder = yield* longLedger
      const ledger = yield* reading(folder)
      yield* ledger.state
      const [first = ""] = yield* segmentsIn(folder)
      const bytes = readFileSync(first)
      for (const at of [300_000, 262_144 * 2 - 1, 262_144 * 2, 900_000]) {
        writeFileSync(first, bytes.with(at, (bytes[at] ?? 0) ^ 4))
        const { end, events } = yield* withThread()(scan(ledger))
        const line = bytes.subarray(0, at).toString("latin1").split("\n").length
        assert.strictEqual(end.damage?.line, line, `byte ${at}`)
        assert.strictEqual(events.length, line - 1)
      }
    })
  )

  it.live("is in nobody's way: what it reads ahead when the ledger grows is not lost", () =>
    Effect.gen(function* () {
      const folder = yield* longLedger
      const [writer, ledger] = [yield* open(folder, sizes), yield* reading(folder)]
      const seen: Array<number> = []
      const take = ({ seq }: Recorded) => void seen.push(seq)
      for (let last = 0; last < 5; last++) {
        const from = seq((seen.at(-1) ?? 0) + 1)
        yield* Effect.all([withThread()(ledger.scan({ from, take })), writer.append([relabelled("one more")])], {
          concurrency: 2
        })
      }
      assert.deepStrictEqual(
        seen,
        seen.map((_, at) => at + 1)
      )
      assert.isAtLeast(seen.length, 6_000)
    })
  )
})

describe("a scan whose second thread", () => {
  const atPiece = (number: number, act: string) => `
    import { parentPort } from "node:worker_threads"
    let pieces = 0
    parentPort.on("message", (message) => { if ("bytes" in message && ++pieces === ${number}) { ${act} } })
    await import(${JSON.stringify(program.href)})`

  const programs: ReadonlyArray<readonly [how: string, source: string]> = [
    ["cannot be run", "this is no program"],
    ["ends at once", "process.exit(0)"],
    ["makes a mistake in the middle", atPiece(3, `throw new Error("a mistake")`)],
    ["ends in the middle", atPiece(5, "process.exit(1)")]
  ]

  it.live.each(programs)("%s finds everything all the same, once", ([, source]) =>
    Effect.gen(function* () {
      const folder = yield* longLedger
      const ledger = yield* reading(folder)
      const all = yield* allOf(ledger)
      const { end, events } = yield* withThread(programOf(folder, source))(scan(ledger))
      assert.deepStrictEqual(events, all)
      assert.deepStrictEqual(end, { seq: all.length as Seq })
    })
  )
})

describe.each([Infinity, 0])("a disk that fails while it is read ahead, a thread being worth %s events", (from) => {
  /** What the disk does while a scan goes on. */
  const scanOn = (ledger: Ledger["Service"], calls: SystemCalls) =>
    scan(ledger).pipe(Effect.provideService(SystemCalls, calls), Effect.provideService(Threads, { from, program }))

  it.live("costs nothing if it reads then", () =>
    Effect.gen(function* () {
      const ledger = yield* reading(yield* longLedger)
      const all = yield* allOf(ledger)
      const real = yield* SystemCalls
      let count = 0
      const { end, events } = yield* scanOn(ledger, {
        ...real,
        readLater: (fd, into, position, done) =>
          ++count % 3 === 0 ? setImmediate(done, undefined) : real.readLater(fd, into, position, done)
      })
      assert.isAbove(count, 6)
      assert.deepStrictEqual(events, all)
      assert.deepStrictEqual(end, { seq: all.length as Seq })
    })
  )

  it.live("is named if it does not", () =>
    Effect.gen(function* () {
      const folder = yield* longLedger
      const ledger = yield* reading(folder)
      yield* ledger.state
      const real = yield* SystemCalls
      const isBroken = (position: number) => position > 600_000
      const failed = yield* Effect.flip(
        scanOn(ledger, {
          ...real,
          readLater: (fd, into, position, done) =>
            isBroken(position) ? setImmediate(done, undefined) : real.readLater(fd, into, position, done),
          read: (fd, into, position) => {
            if (isBroken(position)) throw FaultyDisk.failure("EIO")
            return real.read(fd, into, position)
          }
        })
      )
      const [path = ""] = yield* segmentsIn(folder)
      assert.deepInclude(failed.reason, { _tag: "Unavailable", operation: "read", path, code: "EIO" })
    })
  )
})

it.live("a process that may have no threads scans all the same", () =>
  Effect.gen(function* () {
    const folder = yield* longLedger
    const program = `
      import * as FileLedger from "@daybook/ledger/FileLedger"
      import { Ledger } from "@daybook/ledger/Ledger"
      import { Effect } from "effect"
      const { Threads } = await import(${JSON.stringify(new URL("../src/internal/SieveThread.ts", import.meta.url).href)})
      let count = 0
      const end = await Ledger.use((ledger) => ledger.scan({ take: () => void count++ })).pipe(
        Effect.provideService(Threads, { from: 0, program: new URL("file:///none") }),
        Effect.provide(FileLedger.layer({ folder: process.argv[1], program: "test", version: "1", readOnly: true })),
        Effect.runPromise
      )
      console.log(count, end.seq)`
    const run = (...flags: ReadonlyArray<string>) =>
      spawnSync(process.execPath, [...flags, "--input-type=module", "-e", program, folder], {
        cwd: import.meta.dirname,
        encoding: "utf8"
      })
    const { status, stderr, stdout } = run("--permission", "--allow-fs-read=*", "--allow-fs-write=*", "--allow-addons")
    assert.deepStrictEqual({ status, stdout }, { status: 0, stdout: "6004 6004\n" }, stderr)
  })
)
