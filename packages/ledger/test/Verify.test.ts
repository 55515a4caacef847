import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import { verify } from "@daybook/ledger/Verify"
import { Effect } from "effect"
import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import * as MarkIndex from "../src/internal/MarkIndex.ts"
import { type Place, start, walk } from "../src/internal/Walk.ts"
import { cooldownCleared, seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import { open } from "./support/Open.ts"
import { settle } from "./support/Settle.ts"
import * as Small from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

const appendMany = (ledger: Ledger["Service"]) => ledger.append(Array.from({ length: 28 }, () => cooldownCleared))

/** A ledger of 30 events, closed. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  yield* Effect.scoped(Effect.flatMap(open(folder), appendMany))
  const path = join(folder, "ledger.jsonl")
  return { folder, path, bytes: readFileSync(path) }
})

/** A file of the given lines. */
const fileOf = Effect.fnUntraced(function* (lines: ReadonlyArray<string>) {
  const path = join(yield* tempFolder, "ledger.jsonl")
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""))
  return path
})

/** The place before each line. */
const placesIn = (bytes: Buffer): ReadonlyArray<Place> => {
  const ends = Array.from(bytes.keys()).filter((at) => bytes[at] === newline)
  return [start, ...ends.map((end) => walk(bytes.subarray(0, end + 1), start, true).place)]
}

const everyFourth = (from: number, to: number) =>
  Array.from({ length: (to - from) >> 2 }, (_, index) => from + index * 4)

const newline = 10

describe("verify", () => {
  it.effect("finds nothing wrong with what was written, and says where it ends", () =>
    Effect.gen(function* () {
      const { bytes, folder, path } = yield* written
      const report = yield* verify(folder)
      const head = { seq: seq(30), h: Lines.hashOf(bytes.toString().trimEnd()) }
      assert.deepInclude(report, { path, isConsistent: true, events: 30, unknown: 0, head, junk: [] })
      assert.isUndefined(report.firstBad ?? report.tornTail)
    })
  )

  it.effect(
    "names the line of a change anywhere in the file",
    () =>
      Effect.gen(function* () {
        const { bytes, path } = yield* written
        const fd = openSync(path, "r+")
        const put = (byte: number, at: number) => writeSync(fd, Uint8Array.of(byte), 0, 1, at)
        for (const [index, { offset }] of placesIn(bytes).slice(0, -1).entries()) {
          const end = bytes.indexOf(newline, offset)
          for (const at of [...everyFourth(offset, end), end]) {
            const byte = bytes[at] ?? 0
            put(byte ^ (1 << (at % 8)), at)
            const { firstBad } = yield* verify(path)
            assert.deepInclude(firstBad, { line: index + 1, offset, seq: seq(index + 1) }, `byte ${at}`)
            put(byte, at)
          }
        }
        closeSync(fd)
      }),
    120_000
  )

  it.effect("lets no changed bit pass, whatever line it is in and whether lines follow it", () =>
    Effect.gen(function* () {
      const { bytes } = yield* written
      const places = placesIn(bytes)
      for (const [index, place] of places.slice(0, -1).entries()) {
        const rest = Buffer.from(bytes.subarray(place.offset, places[index + 1 + (index % 3)]?.offset))
        const length = rest.indexOf(newline) + 1
        for (let bit = 0; bit < length * 8; bit++) {
          const flip = () => (rest[bit >> 3] = (rest[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
          flip()
          const { ending, lines } = walk(rest, place, true)
          assert(
            ending._tag === "Damaged" && ending.damage.line === index + 1 && lines.length === 0,
            `${index}: ${bit}`
          )
          flip()
        }
      }
    })
  )

  it.effect("names a missing line, one in the wrong place, and one put in between", () =>
    Effect.gen(function* () {
      const { bytes } = yield* written
      const lines = bytes.toString().trimEnd().split("\n")
      const bad = (changed: ReadonlyArray<string>) =>
        Effect.map(Effect.flatMap(fileOf(changed), verify), ({ firstBad }) => firstBad)
      const missing = yield* bad(lines.toSpliced(9, 1))
      const swapped = yield* bad([...lines.slice(0, 9), lines[10] ?? "", lines[9] ?? "", ...lines.slice(11)])
      const added = yield* bad(lines.toSpliced(9, 0, lines[9] ?? "", lines[8] ?? ""))
      assert.deepInclude(missing, { line: 10, seq: seq(10), why: "event 10 should stand here and event 11 does" })
      assert.deepInclude(swapped, { line: 10, why: "event 10 should stand here and event 11 does" })
      assert.deepInclude(added, { line: 11, seq: seq(11), why: "event 11 should stand here and event 9 does" })
    })
  )

  it.effect("calls a ledger that ends earlier consistent: only a head kept elsewhere tells", () =>
    Effect.gen(function* () {
      const { bytes, path } = yield* written
      const [, end] = placesIn(bytes).slice(-2)
      truncateSync(path, placesIn(bytes).at(-3)?.offset)
      assert.deepInclude(yield* verify(path), { isConsistent: true, events: 28 })
      assert.strictEqual(end?.seq, 30)
    })
  )

  it.effect("counts events of newer programs and finds nothing wrong with them", () =>
    Effect.gen(function* () {
      const path = yield* fileOf(Lines.chainLines([Lines.ledgerOpened(), Lines.bodyOf(2, "Unheard", { of: 1 })]))
      assert.deepInclude(yield* verify(path), { isConsistent: true, events: 2, unknown: 1 })
    })
  )

  it.effect("finds an empty file, another file and another first event bad from the first line", () =>
    Effect.gen(function* () {
      const files = [[], ["hello"], Lines.chainLines([Lines.relabelled(1)])]
      for (const lines of files) {
        const report = yield* Effect.flatMap(fileOf(lines), verify)
        assert.isFalse(report.isConsistent)
        assert.deepInclude(report.firstBad, { line: 1, offset: 0, seq: seq(1) })
      }
    })
  )

  it.effect("takes no file for a ledger that is not there", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const error = yield* Effect.flip(verify(folder))
      assert.deepInclude(error.reason, { _tag: "Missing", path: folder })
    })
  )

  it.effect("says of a path that leads in a circle that it cannot be opened", () =>
    Effect.gen(function* () {
      const path = join(yield* tempFolder, "circle")
      symlinkSync("circle", path)
      const { reason } = yield* Effect.flip(verify(path))
      assert.deepInclude(reason, { _tag: "Unavailable", operation: "open", path, code: "ELOOP" })
    })
  )

  it.effect("takes what a writer is in the middle of for nothing worse, whenever it comes upon it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const small = { segmentBytes: Infinity }
      yield* Small.write(folder, 30, small)
      yield* settle(folder, small)
      const live = Small.liveIn(folder)
      const whole = readFileSync(live)
      const half = whole.length - 3_000
      const real = yield* SystemCalls
      for (const moment of Small.numbers(0, 4)) {
        truncateSync(live, half)
        let reads = 0
        const calls: SystemCalls = {
          ...real,
          read: (fd, into, position) => {
            if (reads++ === moment) appendFileSync(live, whole.subarray(half))
            return real.read(fd, into, position)
          }
        }
        const report = yield* verify(folder).pipe(Effect.provideService(SystemCalls, calls))
        if (moment < reads) assert.isUndefined(report.firstBad, `before read ${moment}`)
        else assert.strictEqual(report.firstBad?.why, MarkIndex.wasWhole)
      }
    })
  )
})
