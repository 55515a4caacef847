import { assert, describe, it } from "@effect/vitest"
import { fold } from "@daybook/pool/Evolve"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option, Stream } from "effect"
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import * as MarkIndex from "../src/internal/MarkIndex.ts"
import * as Snapshots from "../src/internal/Snapshots.ts"
import type { Mark } from "../src/internal/View.ts"
import { cooldownCleared, relabelled, seq } from "./support/Drafts.ts"
import { allOf, appendEach, liveIn, numbers, open, readAll, segmentsIn, type Small, write } from "./support/Small.ts"
import { eventually, settle } from "./support/Settle.ts"
import { assertSameState, life } from "./support/States.ts"
import { tempFolder } from "./support/TempFolder.ts"

const indexIn = (folder: string): string => join(folder, "index.bin")
const snapshotsIn = (folder: string): string => join(folder, "snapshots")

/** The folder of a ledger with a few credentials, over several segments, with all that is derived from it. */
const written = Effect.fnUntraced(function* (lives = 8, small?: Small) {
  const folder = yield* tempFolder
  const appendAll = Effect.flatMap(open(folder, small), (ledger) =>
    Effect.forEach(numbers(1, lives), (index) => ledger.append(life(`codex-${index}`)))
  )
  yield* Effect.scoped(appendAll)
  yield* settle(folder, small)
  return { folder, all: yield* readAll(folder, small) }
})

const snapshotFilesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(snapshotsIn(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()

/** There is a snapshot for each mark of the index, and it is the fold up to there. Answers the marks' events. */
const assertKept = Effect.fnUntraced(function* (folder: string, all: ReadonlyArray<Recorded>) {
  const marks = yield* MarkIndex.read(liveIn(folder))
  assert.isAbove(marks.length, 10)
  for (const mark of marks) {
    const state = yield* Snapshots.read(liveIn(folder), mark)
    const expected = fold(all.slice(0, mark.seq))
    assertSameState(Option.getOrThrow(state), expected, `${mark.seq}`)
    assert.strictEqual(mark.latest, expected.latest)
  }
  return marks.map((mark) => mark.seq)
})

/** A copy of a folder, to be spoilt. */
const copyOf = Effect.fnUntraced(function* (folder: string) {
  const copy = join(yield* tempFolder, "copy")
  cpSync(folder, copy, { recursive: true })
  return copy
})

describe("what is derived from a ledger", () => {
  it.effect("has at each mark the state that a whole fold gives", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written()
      assert.isAbove((yield* segmentsIn(folder)).length, 4)
      yield* assertKept(folder, all)
    })
  )

  it.effect("is the same whoever comes by a mark: its writer, others, and those who begin at the one before", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const openings = [yield* open(folder), yield* open(folder)]
      for (const index of numbers(1, 8)) yield* openings[index % 2]?.append(life(`codex-${index}`)) ?? Effect.void
      yield* settle(folder)
      const all = yield* readAll(folder)
      const before = yield* assertKept(folder, all)
      rmSync(indexIn(folder))
      rmSync(snapshotsIn(folder), { recursive: true })
      yield* settle(folder)
      assert.deepStrictEqual(yield* assertKept(folder, all), before)
    })
  )

  it.effect("is its owner's alone", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(3)
      const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
      assert.strictEqual(modeOf(indexIn(folder)), "600")
      assert.strictEqual(modeOf(snapshotsIn(folder)), "700")
      assert.deepStrictEqual([...new Set(snapshotFilesIn(folder).map(modeOf))], ["600"])
    })
  )

  it.live("waits for a sync of the bytes it was made from", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const syncs: Array<() => void> = []
      const real = yield* SystemCalls
      const calls: SystemCalls = { ...real, sync: (fd, done) => syncs.push(() => real.sync(fd, done)) }
      yield* write(folder, 0)
      const ledger = yield* open(folder, { calls, segmentBytes: Infinity })
      yield* ledger.append(numbers(1, 10).map(() => cooldownCleared))
      yield* eventually(Effect.sync(() => syncs.length > 0))
      assert.isFalse(existsSync(indexIn(folder)))
      assert.isFalse(existsSync(snapshotsIn(folder)))
      for (const sync of syncs.splice(0)) sync()
      yield* eventually(Effect.sync(() => existsSync(indexIn(folder))))
      assert.isAbove(snapshotFilesIn(folder).length, 0)
    })
  )

  it.live("is not kept where the disk refuses to sync those bytes", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const real = yield* SystemCalls
      let refused = 0
      const refuse: SystemCalls["sync"] = (_, done) => {
        refused++
        done(Object.assign(new Error("refused"), { code: "EIO" }))
      }
      yield* write(folder, 0)
      const ledger = yield* open(folder, { calls: { ...real, sync: refuse }, segmentBytes: Infinity })
      for (const round of [1, 2, 3]) {
        yield* ledger.append(numbers(1, 10).map(() => cooldownCleared))
        yield* eventually(Effect.sync(() => refused >= round))
      }
      assert.isFalse(existsSync(indexIn(folder)))
      assert.isFalse(existsSync(snapshotsIn(folder)))
    })
  )
})

describe("what is derived and cannot be believed is left aside, and made again", () => {
  const spoilings: Record<string, (folder: string, other: string) => void> = {
    "the index is gone": (folder) => rmSync(indexIn(folder)),
    "the snapshots are gone": (folder) => rmSync(snapshotsIn(folder), { recursive: true }),
    "both are gone": (folder) => {
      rmSync(indexIn(folder))
      rmSync(snapshotsIn(folder), { recursive: true })
    },
    "the index was cut off in a row": (folder) => truncateSync(indexIn(folder), 5 * 96 - 7),
    "the index was cut off behind a row": (folder) => truncateSync(indexIn(folder), 5 * 96),
    "the index is empty": (folder) => truncateSync(indexIn(folder), 0),
    "the index holds something else": (folder) => writeFileSync(indexIn(folder), "x".repeat(96 * 20)),
    "the index is a folder": (folder) => {
      rmSync(indexIn(folder))
      mkdirSync(indexIn(folder))
    },
    "the snapshots are a file": (folder) => {
      rmSync(snapshotsIn(folder), { recursive: true })
      writeFileSync(snapshotsIn(folder), "")
    },
    "the index is another ledger's": (folder, other) => copyFileSync(indexIn(other), indexIn(folder)),
    "index and snapshots are another ledger's": (folder, other) => {
      copyFileSync(indexIn(other), indexIn(folder))
      rmSync(snapshotsIn(folder), { recursive: true })
      cpSync(snapshotsIn(other), snapshotsIn(folder), { recursive: true })
    },
    "all snapshots are empty": (folder) => snapshotFilesIn(folder).forEach((path) => truncateSync(path)),
    "all snapshots were cut off": (folder) =>
      snapshotFilesIn(folder).forEach((path) => truncateSync(path, statSync(path).size >> 1)),
    "one bit of each snapshot was changed": (folder) =>
      snapshotFilesIn(folder).forEach((path, index) => flip(path, index * 37)),
    "one bit of each row of the index was changed": (folder) => {
      for (let row = 0; row * 96 < statSync(indexIn(folder)).size; row++)
        flip(indexIn(folder), row * 96 + ((row * 7) % 92))
    },
    "each snapshot has the name of another": (folder) => {
      const files = snapshotFilesIn(folder)
      const contents = files.map((path) => readFileSync(path))
      files.forEach((path, index) => writeFileSync(path, contents[(index + 1) % files.length] ?? ""))
    }
  }
  const cannotBeMade = new Set(["the index is a folder", "the snapshots are a file"])

  it.effect(
    "whatever was done to it",
    () =>
      Effect.gen(function* () {
        const { all, folder: template } = yield* written(4)
        const { folder: other } = yield* written(5)
        const marks = yield* MarkIndex.read(liveIn(template))
        assert.isAbove(marks.length, 10)
        for (const [what, spoil] of Object.entries(spoilings)) {
          const folder = yield* copyOf(template)
          spoil(folder, other)
          yield* Effect.scoped(assertSameReading(folder, all, what))
          if (!cannotBeMade.has(what)) yield* assertMadeAgain(folder, marks, what)
        }
      }),
    120_000
  )

  const assertSameReading = Effect.fnUntraced(function* (folder: string, all: ReadonlyArray<Recorded>, what: string) {
    const reader = yield* open(folder, { readOnly: true })
    assertSameState(yield* reader.state, fold(all), what)
    for (const { seq } of all.filter((_, index) => index % 15 === 0)) {
      assertSameState(yield* reader.asOf({ seq }), fold(all.slice(0, seq)), what)
    }
    const writer = yield* open(folder)
    assertSameState(yield* writer.state, fold(all), what)
    yield* appendEach(writer, 2)
    // Whoever goes back comes by what was not kept.
    yield* Effect.forEach(all.toReversed(), ({ seq }) => (seq % 6 === 0 ? writer.asOf({ seq }) : Effect.void))
    assertSameState(yield* writer.state, fold(yield* allOf(writer)), what)
  })

  /** Each of these marks is in the index, and has its snapshot. */
  const assertMadeAgain = Effect.fnUntraced(function* (folder: string, marks: ReadonlyArray<Mark>, what: string) {
    yield* settle(folder)
    const rows = new Map((yield* MarkIndex.read(liveIn(folder))).map((mark) => [mark.h, mark]))
    for (const mark of marks) {
      assert.deepStrictEqual(rows.get(mark.h), mark, what)
      const state = yield* Snapshots.read(liveIn(folder), mark)
      assert.isTrue(Option.isSome(state), `${what}: ${mark.seq}`)
    }
  })

  it.live("where another version of the fold left snapshots, which go once nobody uses them", () =>
    Effect.gen(function* () {
      const { all, folder } = yield* written(4)
      const [fold_ = ""] = readdirSync(snapshotsIn(folder))
      const old = join(snapshotsIn(folder), "0000000000000000")
      const older = join(snapshotsIn(folder), "1111111111111111")
      renameSync(join(snapshotsIn(folder), fold_), old)
      cpSync(old, older, { recursive: true })
      const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000)
      utimesSync(older, longAgo, longAgo)
      const ledger = yield* open(folder)
      assertSameState(yield* ledger.state, fold(all))
      yield* eventually(Effect.sync(() => !existsSync(older) && readdirSync(snapshotsIn(folder)).length > 1))
      assert.deepStrictEqual(readdirSync(snapshotsIn(folder)).toSorted(), ["0000000000000000", fold_])
    })
  )
})

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path)
  const place = at % bytes.length
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (at & 7))
  writeFileSync(path, bytes)
}

/** Whatever is in a folder, and when it was changed. */
const lookOf = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const { ctimeMs, ino, mtimeMs, size } = statSync(join(folder, name))
      return [name, ino, size, mtimeMs, ctimeMs].join(" ")
    })

describe("what a dead writer left of it", () => {
  it.live("half written, goes after a day, and nothing else with it", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(2)
      const [snapshot = ""] = snapshotFilesIn(folder)
      const leftOf = (path: string) => `${path}.01a20451-0000-4000-8000-00000000abcd.tmp`
      const left = [leftOf(indexIn(folder)), leftOf(snapshot)]
      const stays = [join(folder, "notes.tmp"), leftOf(join(folder, "other")), leftOf(`${snapshot.slice(0, -5)}x.zst`)]
      const days = 24 * 3_600_000
      for (const path of [...left, ...stays.slice(0, 2)]) {
        writeFileSync(path, "half")
        utimesSync(path, new Date(), new Date(Date.now() - 2 * days))
      }
      writeFileSync(stays[2] ?? "", "being written")
      yield* open(folder)
      yield* eventually(Effect.sync(() => !left.some(existsSync)))
      assert.isTrue(stays.every(existsSync))
    })
  )
})

describe("opening a ledger to be read", () => {
  it.effect("and all reading changes nothing in its folder, whatever is missing of what is derived", () =>
    Effect.gen(function* () {
      const { all, folder: template } = yield* written(4)
      for (const spoil of [
        () => {},
        (folder: string) => rmSync(indexIn(folder)),
        (folder: string) => rmSync(snapshotsIn(folder), { recursive: true }),
        (folder: string) => snapshotFilesIn(folder).forEach((path) => truncateSync(path))
      ]) {
        const folder = yield* copyOf(template)
        spoil(folder)
        const before = lookOf(folder)
        yield* Effect.scoped(
          Effect.gen(function* () {
            const ledger = yield* open(folder, { readOnly: true })
            yield* allOf(ledger)
            yield* Stream.runDrain(Stream.take(ledger.tail(), 5))
            yield* Effect.forEach(all, ({ id }) => ledger.asOf({ id }))
            yield* ledger.sync
          })
        )
        assert.deepStrictEqual(lookOf(folder), before)
      }
    })
  )
})

const medium: Small = { segmentBytes: 512 * 1024, snapshotEvery: 64 * 1024 }

/** 2 MB in large events, over some segments. */
const long = Effect.gen(function* () {
  const folder = yield* tempFolder
  const batch = numbers(1, 40).map((index) => relabelled(`${index} ${"x".repeat(5_000)}`))
  const appendAll = Effect.flatMap(open(folder, medium), (ledger) =>
    Effect.forEach(numbers(1, 10), () => ledger.append(batch))
  )
  yield* Effect.scoped(appendAll)
  yield* settle(folder, medium)
  const sizes = (yield* segmentsIn(folder)).map((path) => statSync(path).size)
  return { folder, size: sizes.reduce((sum, size) => sum + size, 0) }
})

/** System calls that count the bytes which are read. */
const counting = Effect.map(SystemCalls, (real) => {
  const read = { bytes: 0 }
  const calls: SystemCalls = {
    ...real,
    read: (fd, into, position) => {
      const count = real.read(fd, into, position)
      read.bytes += count
      return count
    }
  }
  return { calls, read }
})

describe("a long ledger", () => {
  it.effect("is opened by reading little more than what stands behind the newest snapshot", () =>
    Effect.gen(function* () {
      const { folder, size } = yield* long
      assert.isAbove(size, 2_000_000)
      const { calls, read } = yield* counting
      const ledger = yield* open(folder, { ...medium, calls, readOnly: true })
      assert.isBelow(read.bytes, 150_000)
      yield* ledger.append([cooldownCleared]).pipe(Effect.ignore)
      read.bytes = 0
      yield* ledger.asOf({ seq: seq(100) })
      assert.isBelow(read.bytes, 400_000)
    })
  )

  it.effect("is read whole where there is no snapshot, so that the count above means something", () =>
    Effect.gen(function* () {
      const { folder, size } = yield* long
      rmSync(indexIn(folder))
      const { calls, read } = yield* counting
      yield* open(folder, { ...medium, calls, readOnly: true })
      assert.isAtLeast(read.bytes, size)
    })
  )

  it.effect("that was put back as it was before is opened from the newest snapshot that it reaches", () =>
    Effect.gen(function* () {
      const { folder } = yield* long
      const copy = yield* copyOf(folder)
      const more = numbers(1, 30).map((index) => relabelled(`${index} ${"y".repeat(10_000)}`))
      yield* Effect.scoped(Effect.flatMap(open(folder, medium), (ledger) => ledger.append(more)))
      yield* settle(folder, medium)
      rmSync(indexIn(copy))
      rmSync(snapshotsIn(copy), { recursive: true })
      cpSync(indexIn(folder), indexIn(copy))
      cpSync(snapshotsIn(folder), snapshotsIn(copy), { recursive: true })
      const { calls, read } = yield* counting
      const ledger = yield* open(copy, { ...medium, calls })
      assert.isBelow(read.bytes, 300_000)
      assertSameState(yield* ledger.state, fold(yield* allOf(ledger)))
    })
  )
})
