import { assert, describe, it } from "@effect/vitest"
import type { Ledger } from "@daybook/ledger/Ledger"
import { checksum } from "@daybook/ledger/LineFormat"
import { repair } from "@daybook/ledger/Repair"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Context, Effect, Fiber, Queue, type Scope } from "effect"
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { sieve } from "../src/internal/Sieve.ts"
import { Threads } from "../src/internal/SieveThread.ts"
import { start, walk } from "../src/internal/Walk.ts"
import { aboutToArchive, once } from "./support/Archived.ts"
import { seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import { allOf, appendEach, liveIn, numbers, open, segmentsIn, seqsOf, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

const scan = Effect.fnUntraced(function* (ledger: Ledger["Service"], from?: Seq, to?: Seq) {
  const events: Array<Recorded> = []
  const end = yield* ledger.scan({ from, to, take: (event) => void events.push(event) })
  return { end, events }
})

/** Lines of a ledger in pieces, as they are given. */
const piecesOf = Effect.fnUntraced(function* (ledger: Ledger["Service"], from?: Seq, to?: Seq) {
  const pieces: Array<ReadonlyArray<string>> = []
  const end = yield* ledger.lines({ from, to, take: (lines) => Effect.sync(() => void pieces.push(lines)) })
  return { end, pieces }
})

/** The first segment of a ledger of several, and a text on one of its lines. */
const damage = Effect.fnUntraced(function* (folder: string, from: string, to: string) {
  const [path = ""] = yield* segmentsIn(folder)
  const before = readFileSync(path, "latin1")
  assert.include(before, from)
  writeFileSync(path, before.replace(from, to))
  return path
})

const { program } = Context.get(Context.empty(), Threads)

/** Who sieves: long ledgers are for a second thread, and these are short. One that is started often is asked less often. */
const ways: ReadonlyArray<readonly [how: string, from: number, step: number]> = [
  ["on its own thread", Infinity, 1],
  ["with a second thread", 0, 17]
]

describe.each(ways)("a scan of a ledger in files, %s", (_how, from, step) => {
  const scanning = (name: string, test: () => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.effect(name, () => Effect.provideService(test(), Threads, { from, program }), 20_000)

  scanning("passes from segment to segment, and gives every event once", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      assert.isAbove((yield* segmentsIn(folder)).length, 4)
      const ledger = yield* open(folder, { readOnly: true })
      const all = yield* allOf(ledger)
      const { end, events } = yield* scan(ledger)
      assert.deepStrictEqual(events, all)
      assert.deepStrictEqual(end, { seq: all.length as Seq })
      const middle = yield* scan(ledger, seq(17), seq(49))
      assert.deepStrictEqual(seqsOf(middle.events), numbers(17, 49))
    })
  )

  scanning("passes what a writer that died left in mid-line, and was sealed", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 3)
      appendFileSync(liveIn(folder), Lines.relabelled(6).slice(0, 210))
      const ledger = yield* open(folder)
      yield* appendEach(ledger, 3)
      const all = yield* allOf(ledger)
      assert.include(
        all.map(({ type }) => type),
        "TailSealed"
      )
      assert.deepStrictEqual((yield* scan(ledger)).events, all)
      const lines = readFileSync(liveIn(folder), "latin1").split("\n").slice(0, -1)
      const torn = lines.filter((line) => !line.endsWith('"}'))
      assert.strictEqual(torn.length, 1)
      assert.deepStrictEqual(
        (yield* piecesOf(ledger)).pieces.flat(),
        lines.filter((line) => !torn.includes(line))
      )
    })
  )

  scanning("gives lines as they stand in the files, segment by segment, from an event on", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const files = (yield* segmentsIn(folder)).map((path) => readFileSync(path, "latin1"))
      const ledger = yield* open(folder, { readOnly: true })
      const { end, pieces } = yield* piecesOf(ledger)
      assert.isAbove(pieces.length, 4)
      assert.strictEqual(
        pieces
          .flat()
          .map((line) => `${line}\n`)
          .join(""),
        files.join("")
      )
      assert.deepStrictEqual(end, { seq: pieces.flat().length as Seq })
      for (const from of numbers(1, 40).filter((number) => number % step === 0))
        assert.deepStrictEqual(
          (yield* piecesOf(ledger, seq(from), seq(from + 12))).pieces.flat(),
          pieces.flat().slice(from - 1, from + 12)
        )
    })
  )

  scanning("reads no more lines before those that were given are taken", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const ledger = yield* open(folder, { readOnly: true })
      const given: Array<number> = []
      const taken = yield* Queue.unbounded<void>()
      const take = (lines: ReadonlyArray<string>) =>
        Effect.suspend(() => {
          given.push(lines.length)
          return Queue.take(taken)
        })
      const reading = yield* Effect.forkChild(ledger.lines({ take }))
      for (const count of [1, 2, 3]) {
        while (given.length < count) yield* Effect.yieldNow
        for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
        assert.strictEqual(given.length, count)
        yield* Queue.offer(taken, undefined)
      }
      yield* Fiber.interrupt(reading)
    })
  )

  scanning("ends before a line that was changed long ago, and names it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const path = yield* damage(folder, '"label 4"', '"label 5"')
      const { end, events } = yield* scan(yield* open(folder, { readOnly: true }))
      assert.deepInclude(end, { seq: seq(6) })
      assert.deepInclude(end.damage, { path, line: 7 })
      assert.deepStrictEqual(seqsOf(events), numbers(1, 6))
      const lines = yield* piecesOf(yield* open(folder, { readOnly: true }))
      assert.deepStrictEqual(lines.end, end)
      assert.strictEqual(lines.pieces.flat().length, 6)
    })
  )

  scanning("ends before a line that is gone, and names where it should be", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const [path = ""] = yield* segmentsIn(folder)
      const lines = readFileSync(path, "latin1").split("\n")
      writeFileSync(path, lines.toSpliced(4, 1).join("\n"))
      const { end, events } = yield* scan(yield* open(folder, { readOnly: true }))
      assert.deepInclude(end.damage, { path, line: 5, why: "event 5 should stand here and event 6 does" })
      assert.deepStrictEqual(seqsOf(events), numbers(1, 4))
    })
  )

  scanning("does not speak of damage behind the last event that it was to look at", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      yield* damage(folder, '"label 4"', '"label 5"')
      const { end } = yield* scan(yield* open(folder, { readOnly: true }), undefined, seq(5))
      assert.deepStrictEqual(end, { seq: seq(5) })
      const known = yield* scan(yield* open(folder, { readOnly: true, snapshotEvery: Infinity }), undefined, seq(6))
      assert.deepStrictEqual(known.end, { seq: seq(6) })
    })
  )

  scanning("leaves half a line at the end alone", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 3)
      const size = readFileSync(liveIn(folder)).length
      truncateSync(liveIn(folder), size - 20)
      const { end, events } = yield* scan(yield* open(folder, { readOnly: true, snapshotEvery: Infinity }))
      assert.deepStrictEqual(end, { seq: seq(4) })
      assert.strictEqual(events.length, 4)
    })
  )

  scanning("meets a line that was changed after it was checked, by this process or another", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 12, { segmentBytes: Infinity })
      const checked = yield* open(folder, { readOnly: true })
      yield* checked.state
      const bytes = readFileSync(liveIn(folder))
      for (let at = bytes.indexOf("\n") + 1; at < bytes.length; at += 97 * step) {
        const line = bytes.subarray(0, at).toString("latin1").split("\n").length
        writeFileSync(liveIn(folder), bytes.with(at, (bytes[at] ?? 0) ^ 4))
        for (const ledger of [checked, yield* open(folder, { readOnly: true })]) {
          const { end, events } = yield* scan(ledger)
          assert.strictEqual(end.damage?.line, line, `byte ${at}`)
          assert.deepStrictEqual(seqsOf(events), numbers(1, line - 1))
        }
      }
    })
  )

  scanning("ends before a line with its own sum that holds no event, with all that stands before it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 12, { segmentBytes: Infinity })
      const ledger = yield* open(folder, { readOnly: true })
      yield* ledger.state
      const lines = readFileSync(liveIn(folder), "latin1").split("\n")
      const [last = ""] = lines.slice(6, 7)
      const body = last.slice(0, last.lastIndexOf(',"c":')).replace('"data":{', '"data":[')
      lines[6] = `${body},"c":"${checksum(body)}"}`
      writeFileSync(liveIn(folder), lines.join("\n"))
      const { end, events } = yield* scan(ledger)
      assert.deepInclude(end, { seq: seq(6) })
      assert.strictEqual(end.damage?.line, 7)
      assert.deepStrictEqual(seqsOf(events), numbers(1, 6))
    })
  )

  scanning("passes over damage that was accepted, though its lines look right one by one", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 20, { segmentBytes: Infinity, snapshotEvery: Infinity })
      const lines = readFileSync(liveIn(folder), "latin1").split("\n")
      const [begin = ""] = (lines[9] ?? "").split(',"h":')
      const strange = Lines.closeLine("of another ledger", begin)
      writeFileSync(liveIn(folder), lines.with(9, strange).join("\n"), "latin1")
      assert.isTrue((yield* repair({ folder, program: "repair", version: "1" })).isDone)
      yield* write(folder, 20)
      const all = yield* allOf(yield* open(folder, { readOnly: true }))
      assert.notInclude(seqsOf(all), 10)
      // From an event on, so that it begins at a mark in front of it.
      for (const from of numbers(1, 12).filter((number) => number % Math.min(step, 6) === 0)) {
        const { events } = yield* scan(yield* open(folder, { readOnly: true }), seq(from))
        assert.deepStrictEqual(
          events,
          all.filter((event) => event.seq >= from)
        )
      }
    })
  )

  scanning("comes to an end where a segment lost its end and that was accepted", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60, { snapshotEvery: Infinity })
      const [path = ""] = yield* segmentsIn(folder)
      truncateSync(path, readFileSync(path, "latin1").split("\n").slice(0, 5).join("\n").length + 1)
      assert.isTrue((yield* repair({ folder, program: "repair", version: "1" })).isDone)
      const ledger = yield* open(folder, { readOnly: true, snapshotEvery: Infinity })
      const { events } = yield* scan(ledger)
      assert.deepStrictEqual(seqsOf(events).slice(3, 6), [4, 5, 17])
      assert.deepStrictEqual(yield* allOf(ledger), events)
    })
  )

  scanning("gives every event once while others append and seal segments", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const [writer, ledger] = [yield* open(folder), yield* open(folder, { readOnly: true })]
      const written = yield* Effect.forkChild(appendEach(writer, 60))
      for (let last = 60; last < 120;) {
        const { end, events } = yield* scan(ledger)
        assert.isUndefined(end.damage)
        assert.deepStrictEqual(seqsOf(events), numbers(1, end.seq))
        last = end.seq
        yield* Effect.yieldNow
      }
      yield* Fiber.join(written)
    })
  )

  scanning("gives the lines of the live segment, though others seal it before it came there", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const files = (yield* segmentsIn(folder)).map((path) => readFileSync(path, "latin1"))
      const [writer, ledger] = [yield* open(folder), yield* open(folder, { readOnly: true })]
      const given: Array<string> = []
      const take = (lines: ReadonlyArray<string>) =>
        Effect.suspend(() => {
          const isFirst = given.length === 0
          given.push(...lines)
          return isFirst ? Effect.orDie(appendEach(writer, 40)) : Effect.void
        })
      yield* ledger.lines({ take })
      assert.strictEqual(given.map((line) => `${line}\n`).join(""), files.join(""))
    })
  )

  scanning("names the segment that is archived before it came there", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* write(folder, 60)
      const [, second = ""] = yield* segmentsIn(folder)
      const overtake = once(yield* aboutToArchive({ folder, before: Number.MAX_SAFE_INTEGER }))
      const ledger = yield* open(folder, { readOnly: true })
      const { reason } = yield* Effect.flip(ledger.scan({ take: overtake }))
      assert.deepInclude(reason, { _tag: "MissingSegment", path: second })
    })
  )
})

it.effect("a sieve is stuck at a line with any changed bit", () =>
  Effect.gen(function* () {
    const folder = yield* tempFolder
    yield* write(folder, 6)
    const bytes = readFileSync(liveIn(folder))
    const { place: begin } = walk(bytes.subarray(0, bytes.indexOf("\n") + 1), start, true)
    const rest = bytes.subarray(begin.offset)
    const options = { to: Infinity, accepted: new Set<number>() }
    const ignore = () => true
    assert.deepInclude(sieve(rest, begin, options, ignore), { place: walk(bytes, start, true).place, isStuck: false })
    for (let bit = 0; bit < rest.length * 8; bit++) {
      const at = bit >> 3
      rest[at] = (rest[at] ?? 0) ^ (1 << (bit & 7))
      const { isStuck, place } = sieve(rest, begin, options, ignore)
      rest[at] = (rest[at] ?? 0) ^ (1 << (bit & 7))
      const line = rest.subarray(0, at).reduce((count, byte) => (byte === 10 ? count + 1 : count), begin.line)
      // Without its newline the last line may still be on its way.
      assert(place.line === line && (isStuck || at === rest.length - 1), `bit ${bit}`)
    }
  })
)
