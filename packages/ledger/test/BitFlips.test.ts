/**
 * Every bit of a ledger, changed; and every place it can be cut at. `DAYBOOK_FLIPS=all` gives `verify` a file for each bit;
 * else it gets one for one bit of some bytes, and the walk beneath it gets all.
 */
import { assert, describe, it } from "@effect/vitest"
import { type Options, verify } from "@daybook/ledger/Verify"
import { Effect } from "effect"
import { closeSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { SegmentBytes } from "../src/internal/Seal.ts"
import { type Place, start, startAfter, walk } from "../src/internal/Walk.ts"
import { cooldownCleared, newGrant, refreshStarted, relabelled, seq } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { sample } from "./support/Samples.ts"
import { tempFolder } from "./support/TempFolder.ts"

const isLong = process.env["DAYBOOK_FLIPS"] === "all"
const timeout = isLong ? 3_600_000 : 120_000
const newline = 10

const drafts = Array.from({ length: 98 }, (_, index) =>
  [cooldownCleared, relabelled(`label ${index} é`), refreshStarted(newGrant())].slice(index % 3, (index % 3) + 1)
)

/** Writes a ledger of 98 events and what belongs to it. */
const write = Effect.fnUntraced(function* (folder: string) {
  const ledger = yield* open(folder)
  yield* Effect.forEach(drafts, (some) => ledger.append(some))
}, Effect.scoped)

interface Segment {
  readonly path: string
  readonly bytes: Buffer
  /** The place before each line that holds an event, and the one behind the last. */
  readonly places: ReadonlyArray<Place>
}

/** In the order of their events. */
const segmentsIn = (folder: string): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  for (const name of readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()) {
    const path = join(folder, name)
    const bytes = readFileSync(path)
    segments.push({ path, bytes, places: placesIn(bytes, segments.at(-1)?.places.at(-1)) })
  }
  return segments
}

const placesIn = (bytes: Buffer, before: Place = start): ReadonlyArray<Place> => {
  const places = [startAfter(before)]
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, end + 1)) {
    const from = places.at(-1) ?? start
    const { place } = walk(bytes.subarray(from.offset, end + 1), from, true)
    if (place.seq > from.seq) places.push(place)
  }
  return places
}

/** A ledger of 100 records in one segment. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  yield* write(folder)
  const [segment] = segmentsIn(folder)
  assert(segment !== undefined)
  return { ...segment, folder }
})

const flipIn = (bytes: Buffer, bit: number): void => {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
}

/** Of the bits of a file: all, or of each so many bytes another one. */
const bitsOf = (bytes: Buffer, step: number): ReadonlyArray<number> =>
  isLong
    ? Array.from({ length: bytes.length * 8 }, (_, bit) => bit)
    : Array.from({ length: Math.floor(bytes.length / step) }, (_, index) => {
        const at = index * step + (index % step)
        return at * 8 + (index % 8)
      })

/** For each bit: `verify` names the line it is in, or the one where the junk begins that it is in, or that is sealed there. */
const findsEveryFlip = Effect.fnUntraced(function* (folder: string, step: number, options?: Options) {
  for (const { bytes, path, places } of segmentsIn(folder)) {
    const fd = openSync(path, "r+")
    const put = (byte: number, at: number) => writeSync(fd, Uint8Array.of(byte), 0, 1, at)
    for (const bit of bitsOf(bytes, step)) {
      const at = bit >> 3
      put((bytes[at] ?? 0) ^ (1 << (bit & 7)), at)
      const { events, firstBad } = yield* verify(folder, options)
      const { line, offset, seq: before } = places.findLast((place) => place.offset <= at) ?? start
      assert.deepInclude(firstBad, { path, line: line + 1, offset, seq: seq(before + 1) }, `bit ${bit}`)
      assert.strictEqual(events, before)
      put(bytes[at] ?? 0, at)
    }
    closeSync(fd)
  }
})

describe("a changed bit", () => {
  it.live(
    "in a ledger of 100 records is found in its line",
    () => Effect.flatMap(written, ({ folder }) => findsEveryFlip(folder, 24)),
    timeout
  )

  it.live(
    "in a ledger of several segments is found in its line of its segment, also by those who only compare sums",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        yield* write(folder).pipe(Effect.provideService(SegmentBytes, 8 * 1024))
        assert.isAtLeast(segmentsIn(folder).length, 4)
        yield* findsEveryFlip(folder, 48)
        yield* findsEveryFlip(folder, 48, { fast: true })
      }),
    timeout
  )

  it.live(
    "in a ledger with sealed junk is found in its line, or in that of the junk",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        writeFileSync(join(folder, "ledger.jsonl"), sample("01a20451"), "latin1")
        yield* findsEveryFlip(folder, 16)
      }),
    timeout
  )

  it.effect(
    "does not pass the walk, wherever it is and whether lines follow it",
    () =>
      Effect.gen(function* () {
        const { bytes, places } = yield* written
        assert.strictEqual(places.length, 101)
        for (const [index, place] of places.slice(0, -1).entries()) {
          const end = places[index + 1]?.offset ?? 0
          const rest = Buffer.from(bytes.subarray(place.offset, places[index + 1 + (index % 2)]?.offset ?? end))
          for (let bit = 0; bit < (end - place.offset) * 8; bit++) {
            flipIn(rest, bit)
            const { ending, lines } = walk(rest, place, true)
            const isFound = ending._tag === "Damaged" && ending.damage.line === index + 1 && lines.length === 0
            assert(isFound, `line ${index + 1}, bit ${bit}`)
            flipIn(rest, bit)
          }
        }
      }),
    timeout
  )
})

describe("a ledger that ends too early", () => {
  it.effect("by some records is consistent, and ends where it ends", () =>
    Effect.gen(function* () {
      const { path, places } = yield* written
      for (const { h, offset, seq } of places.slice(1).toReversed()) {
        truncateSync(path, offset)
        const { events, firstBad, head, tornTail } = yield* verify(path)
        assert.deepStrictEqual({ events, head }, { events: seq, head: { seq, h } })
        assert.isUndefined(firstBad ?? tornTail)
      }
    })
  )

  it.effect("by some bytes has a torn tail and nothing else", () =>
    Effect.gen(function* () {
      const { bytes, places } = yield* written
      for (const [index, place] of places.slice(0, -1).entries()) {
        const whole = bytes.subarray(place.offset, places[index + 1]?.offset)
        for (let length = 1; length < whole.length; length++) {
          const { ending, lines } = walk(whole.subarray(0, length), place, true)
          assert(ending._tag === "Torn" && ending.tail.length === length && lines.length === 0, `${index}: ${length}`)
        }
      }
    })
  )
})
