import { assert, describe, it } from "@effect/vitest"
import { verify } from "@daybook/ledger/Verify"
import type { Recorded } from "@daybook/pool/Recorded"
import { fold } from "@daybook/pool/Evolve"
import { Effect, Fiber, Stream } from "effect"
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { basename, join } from "node:path"
import { SystemCalls } from "../src/internal/LedgerFile.ts"
import { relabelled, seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import {
  allOf,
  appendEach,
  liveIn,
  namesIn,
  numbers,
  open,
  readAll,
  segmentsIn,
  seqsOf,
  type Small,
  write
} from "./support/Small.ts"
import { writeElsewhere } from "./support/SmallWriters.ts"
import { tempFolder } from "./support/TempFolder.ts"

const unlimited: Small = { segmentBytes: Infinity }

/** The folder of a closed ledger of `count` events and those of its writers and segments. */
const written = Effect.fnUntraced(function* (count: number, small?: Small) {
  const folder = yield* tempFolder
  yield* write(folder, count, small)
  return { folder, live: liveIn(folder) }
})

const lastLabel = "the last"

const isLast = (event: Recorded): boolean => event.type === "CredentialRelabelled" && event.data.label === lastLabel

const linesIn = (path: string): ReadonlyArray<string> => readFileSync(path, "latin1").trimEnd().split("\n")

/** Nothing is wrong, nothing is missing, and a reader sees what `verify` counts. */
const assertWhole = Effect.fnUntraced(function* (folder: string) {
  const report = yield* verify(folder)
  assert.deepInclude(report, { isConsistent: true, missing: undefined, tornTail: undefined, firstBad: undefined })
  const events = yield* readAll(folder)
  assert.deepStrictEqual(seqsOf(events), numbers(1, report.events))
  return events
})

describe("a segment", () => {
  it.effect("that is long enough is sealed, named after its first event, and continued in the next", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(60)
      const files = yield* segmentsIn(folder)
      assert.isAbove(files.length, 4)
      let next = 1
      for (const path of files) {
        const lines = linesIn(path)
        const isLive = path === files.at(-1)
        assert.include(lines[0], `{"seq":${next},`)
        assert.include(lines[0], next === 1 ? '"type":"LedgerOpened"' : '"type":"SegmentOpened"')
        assert.strictEqual(lines.at(-1)?.includes('"type":"SegmentSealed"'), !isLive)
        assert.strictEqual(basename(path), isLive ? "ledger.jsonl" : `ledger.${String(next).padStart(16, "0")}.jsonl`)
        next += lines.length
      }
    })
  )

  it.effect("is linked to the next by the same chain that links its lines, for its owner alone", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(40)
      const files = yield* segmentsIn(folder)
      const lines = files.flatMap(linesIn)
      assert.deepStrictEqual(Lines.chainLines(lines.map((line) => line.slice(0, -66))), lines)
      assert.deepStrictEqual(
        files.map((path) => statSync(path).mode & 0o777),
        files.map(() => 0o600)
      )
      yield* assertWhole(folder)
    })
  )

  it.effect("says in its last line how many bytes stand before it, and their sum", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(20)
      const [path = ""] = yield* segmentsIn(folder)
      const last = linesIn(path).at(-1) ?? ""
      const bytes = statSync(path).size - last.length - 1
      assert.include(last, `"first":1,"bytes":${bytes},"sha256":"`)
    })
  )

  it.effect("is not sealed before it is long enough, however many events are appended at once", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder)
      yield* ledger.append(numbers(1, 100).map((index) => relabelled(`${index}`)))
      const [path = "", ...others] = yield* segmentsIn(folder)
      assert.strictEqual(linesIn(path).length, 1 + 1 + 100 + 1)
      assert.strictEqual(others.length, 1)
      assert.isAbove(statSync(path).size, 4096)
    })
  )
})

describe("across seals", () => {
  it.effect("events are read from any place on as they were appended", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const ledger = yield* open(folder)
      const appended = yield* appendEach(ledger, 60)
      const all = yield* allOf(ledger)
      assert.deepStrictEqual(seqsOf(all), numbers(1, all.length))
      const labels = all.filter(({ type }) => type === "CredentialRelabelled")
      assert.deepStrictEqual(labels, appended)
      for (const from of numbers(1, all.length)) {
        assert.deepStrictEqual(yield* Stream.runCollect(ledger.read(seq(from))), all.slice(from - 1))
        const three = ledger.tail(seq(from)).pipe(Stream.take(Math.min(3, all.length - from + 1)))
        assert.deepStrictEqual(yield* Stream.runCollect(three), all.slice(from - 1, from + 2))
      }
    })
  )

  it.effect("a reader that slept over many is up to date with its next look", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(1)
      const reader = yield* open(folder, { readOnly: true })
      const behind = yield* open(folder, { readOnly: true })
      const writer = yield* open(folder)
      yield* appendEach(writer, 100)
      assert.deepStrictEqual(yield* reader.state, writer.known())
      assert.deepStrictEqual(yield* allOf(behind), yield* allOf(writer))
      assert.deepStrictEqual(yield* reader.head, yield* writer.head)
    })
  )

  it.effect("two openings take turns, and each seals when it is its turn", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const both = [yield* open(folder), yield* open(folder)]
      for (const round of numbers(1, 40)) {
        yield* Effect.forEach(both, (ledger) => ledger.append([relabelled(`${round}`)]), { concurrency: "unbounded" })
      }
      assert.isAbove((yield* segmentsIn(folder)).length, 4)
      const events = yield* assertWhole(folder)
      for (const ledger of both) assert.deepStrictEqual(yield* ledger.state, fold(events))
    })
  )

  it.effect("a stream goes on when segments are sealed while it is read", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(30)
      const reader = yield* open(folder, { readOnly: true })
      const writer = yield* open(folder)
      const { seq: before } = yield* reader.head
      const seen: Array<number> = []
      yield* Stream.runForEach(reader.read(), (event) => {
        seen.push(event.seq)
        return event.seq % 5 === 0 ? Effect.andThen(appendEach(writer, 4), reader.state) : Effect.void
      })
      assert.deepStrictEqual(seen, numbers(1, seen.length))
      assert.isAtLeast(seen.length, before)
    })
  )

  it.live(
    "followers see what several processes append, each event once",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* written(5)
        const followers = [yield* open(folder), yield* open(folder, { readOnly: true })]
        const following = yield* Effect.forEach(followers, (ledger) =>
          ledger.tail().pipe(Stream.takeUntil(isLast), Stream.runCollect, Effect.forkChild)
        )
        const ids = yield* Effect.all([writeElsewhere(folder, 50), writeElsewhere(folder, 50)], { concurrency: 2 })
        const last = yield* Effect.scoped(
          Effect.flatMap(open(folder), (ledger) => ledger.append([relabelled(lastLabel)]))
        )
        const all = yield* assertWhole(folder)
        const upToLast = all.slice(0, last[0]?.seq)
        for (const fiber of following) assert.deepStrictEqual(yield* Fiber.join(fiber), upToLast)
        const wanted = new Set(ids.flat())
        assert.strictEqual(all.filter(({ id }) => wanted.has(id)).length, 100)
      }),
    120_000
  )
})

/** A ledger that is about to be sealed by its next append, closed. */
const full = written(15, unlimited)

describe("a seal", () => {
  it.effect("comes behind what a dead writer left, which is closed first", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* full
      const offset = statSync(live).size
      appendFileSync(live, '{"seq":18,"at":"2026-11-22T10')
      yield* write(folder, 1)
      yield* assertWhole(folder)
      const [path = ""] = yield* segmentsIn(folder)
      assert.notStrictEqual(path, live)
      assert.deepStrictEqual((yield* verify(folder)).junk, [{ path, line: 18, offset, length: 29 }])
    })
  )

  it.effect("that stopped at any step is finished by the next writer, and troubles no reader before", () =>
    Effect.gen(function* () {
      for (const stop of ["open", "link", "write", "rename"] as const) {
        const { folder, live } = yield* full
        const before = yield* readAll(folder)
        const stopped = yield* Effect.scoped(stopAt(folder, stop))
        const events = yield* readAll(folder)
        assert.deepStrictEqual(events.slice(0, before.length), before, stop)
        assert.isTrue((yield* verify(folder)).isConsistent, stop)
        assert.deepStrictEqual(namesIn(folder), names(stopped))
        yield* write(folder, 1)
        const after = yield* assertWhole(folder)
        assert.deepStrictEqual(after.slice(0, events.length), events, stop)
        assert.deepStrictEqual(namesIn(folder), names([sealedName(1)]), stop)
        assert.isBelow(statSync(live).size, 4096, stop)
      }
    })
  )

  it.effect("that stopped leaves a second name of the live segment at worst, which is never written into", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* full
      const before = readFileSync(live, "latin1")
      linkSync(live, `${live}.next`)
      yield* write(folder, 1)
      assert.isTrue(readFileSync(join(folder, sealedName(1)), "latin1").startsWith(before))
      assert.isFalse(existsSync(`${live}.next`))
      yield* assertWhole(folder)
    })
  )

  it.effect("that the disk refuses keeps nobody from appending, and is tried again", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* full
      const ledger = yield* open(folder, { calls: yield* refusing("link") })
      yield* appendEach(ledger, 3)
      assert.isAbove(statSync(live).size, 4096)
      yield* write(folder, 1)
      assert.deepStrictEqual(namesIn(folder), names([sealedName(1)]))
      yield* appendEach(ledger, 3)
      assert.deepStrictEqual(yield* ledger.state, fold(yield* assertWhole(folder)))
    })
  )
})

/** The system calls, of which one kind is refused. For `open`, that of a new segment; for `write`, that of a last line. */
const refusing = (kind: "open" | "link" | "write" | "rename") =>
  Effect.map(SystemCalls, (real): SystemCalls => {
    const refuse = (): never => {
      throw Object.assign(new Error("refused"), { code: "EIO" })
    }
    switch (kind) {
      case "open":
        return { ...real, open: (path, flags) => (path.endsWith(".next") ? refuse() : real.open(path, flags)) }
      case "write":
        return {
          ...real,
          write: (fd, bytes, position) =>
            bytes.includes('"type":"SegmentSealed"') ? refuse() : real.write(fd, bytes, position)
        }
      default:
        return { ...real, [kind]: refuse }
    }
  })

/** Appends one event and stops in the seal after it. Answers what stands in the folder beside what always does. */
const stopAt = Effect.fnUntraced(function* (folder: string, kind: "open" | "link" | "write" | "rename") {
  const ledger = yield* open(folder, { calls: yield* refusing(kind) })
  yield* appendEach(ledger, 1)
  yield* ledger.state
  return { open: [], link: [next], write: [next, sealedName(1)], rename: [next, sealedName(1)] }[kind]
})

const next = "ledger.jsonl.next"

const sealedName = (first: number): string => `ledger.${String(first).padStart(16, "0")}.jsonl`

/** Names in a folder, beside those of every ledger. */
const names = (more: ReadonlyArray<string>): ReadonlyArray<string> =>
  ["fingerprint.key", "ledger.jsonl", "ledger.lock", ...more].toSorted()

const reasonOf = <A, R>(effect: Effect.Effect<A, { readonly reason: unknown }, R>) =>
  Effect.map(Effect.scoped(Effect.flip(effect)), (error) => error.reason)

/** The first event of a sealed segment. */
const firstIn = (path: string): number => Number(/\d+/.exec(basename(path))?.[0])

describe("a folder", () => {
  it.effect("of sealed segments without a live one is refused to writers and readers, and stays as it is", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(30)
      rmSync(live)
      const before = namesIn(folder)
      const expected = { _tag: "NoLiveSegment", path: live } as const
      assert.deepInclude(yield* reasonOf(open(folder)), expected)
      assert.deepInclude(yield* reasonOf(open(folder, { readOnly: true })), expected)
      assert.deepStrictEqual(namesIn(folder), before)
    })
  )

  it.effect("whose live segment vanishes while it is open is refused until it is back", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(30)
      const ledger = yield* open(folder)
      renameSync(live, `${live}.away`)
      assert.deepInclude(yield* reasonOf(ledger.state), { _tag: "NoLiveSegment", path: live })
      assert.deepInclude(yield* reasonOf(appendEach(ledger, 1)), { _tag: "NoLiveSegment", path: live })
      renameSync(`${live}.away`, live)
      yield* appendEach(ledger, 1)
      yield* assertWhole(folder)
    })
  )

  it.effect("that lacks a segment in the middle names it to whoever comes there, and is not consistent", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(50)
      const [, , path = ""] = yield* segmentsIn(folder)
      const first = firstIn(path)
      rmSync(path)
      rmSync(join(folder, "index.bin"))
      const expected = { _tag: "MissingSegment", path, first }
      assert.deepInclude(yield* reasonOf(open(folder, { readOnly: true })), expected)
      const report = yield* verify(folder)
      assert.isFalse(report.isConsistent)
      assert.include(report.firstBad?.why, `events ${first} to `)
    })
  )

  it.effect("that lacks a segment in the middle is read up to it, by whoever begins at a snapshot behind it", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(70)
      yield* write(folder, 0)
      const [, , path = "", behind = ""] = yield* segmentsIn(folder)
      const all = yield* readAll(folder)
      const first = firstIn(path)
      const next = firstIn(behind)
      rmSync(path)
      const ledger = yield* open(folder)
      const seen: Array<number> = []
      const reading = Stream.runForEach(ledger.read(), (event) => Effect.sync(() => seen.push(event.seq)))
      assert.deepInclude(yield* reasonOf(reading), { _tag: "MissingSegment", path, first })
      assert.deepStrictEqual(seen, numbers(1, first - 1))
      assert.deepStrictEqual(yield* Stream.runCollect(ledger.read(seq(next))), all.slice(next - 1))
      yield* appendEach(ledger, 1)
    })
  )

  it.effect("that was copied in mid-seal, one segment under two names, opens and goes on", () =>
    Effect.gen(function* () {
      for (const stop of ["link", "write", "rename"] as const) {
        const { folder } = yield* full
        yield* Effect.scoped(stopAt(folder, stop))
        const copy = `${yield* tempFolder}/copy`
        cpSync(folder, copy, { recursive: true })
        yield* write(copy, 30)
        const files = yield* segmentsIn(copy)
        assert.isAbove(files.length, 2, stop)
        yield* assertWhole(copy)
      }
    })
  )

  it.effect("whose sealed copy of the live segment is older than the live one opens and goes on", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* full
      copyFileSync(live, join(folder, sealedName(1)))
      yield* Effect.scoped(stopAt(folder, "rename"))
      yield* write(folder, 30)
      assert.isAbove((yield* segmentsIn(folder)).length, 2)
      yield* assertWhole(folder)
    })
  )
})

describe("while a stream is read", () => {
  it.effect("a ledger that takes the place of this one ends it, and nothing foreign comes", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(1, unlimited)
      yield* Effect.scoped(Effect.flatMap(open(folder, unlimited), (it) => it.append(longLabels(600))))
      const all = yield* readAll(folder)
      const other = yield* written(1, unlimited)
      yield* Effect.scoped(Effect.flatMap(open(other.folder, unlimited), (it) => it.append(longLabels(700))))
      const ledger = yield* open(folder, { readOnly: true })
      const seen: Array<Recorded> = []
      const reading = Stream.runForEach(ledger.read(), (event) => {
        seen.push(event)
        if (event.seq !== 3) return Effect.void
        copyFileSync(other.live, `${live}.copy`)
        renameSync(`${live}.copy`, live)
        return ledger.state
      })
      assert.deepInclude(yield* reasonOf(reading), { _tag: "Damaged" })
      assert.deepStrictEqual(seen, all.slice(0, seen.length))
    })
  )

  it.effect("a shorter copy that takes its place ends it with what is wrong", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(1, unlimited)
      yield* Effect.scoped(Effect.flatMap(open(folder, unlimited), (it) => it.append(longLabels(600))))
      const all = yield* readAll(folder)
      const ledger = yield* open(folder, { readOnly: true })
      const seen: Array<Recorded> = []
      const reading = Stream.runForEach(ledger.read(), (event) => {
        seen.push(event)
        if (event.seq !== 3) return Effect.void
        writeFileSync(
          `${live}.copy`,
          linesIn(live)
            .slice(0, 5)
            .map((line) => `${line}\n`)
            .join("")
        )
        renameSync(`${live}.copy`, live)
        return ledger.state
      })
      assert.deepInclude(yield* reasonOf(reading), { _tag: "Damaged", path: live })
      assert.deepStrictEqual(seen, all.slice(0, seen.length))
    })
  )

  it.effect("a copy of the same content that takes its place goes on with it", () =>
    Effect.gen(function* () {
      const { folder, live } = yield* written(1, unlimited)
      yield* Effect.scoped(Effect.flatMap(open(folder, unlimited), (it) => it.append(longLabels(600))))
      const all = yield* readAll(folder)
      const ledger = yield* open(folder, { readOnly: true })
      const seen: Array<Recorded> = []
      yield* Stream.runForEach(ledger.read(), (event) => {
        seen.push(event)
        if (event.seq !== 3) return Effect.void
        copyFileSync(live, `${live}.copy`)
        renameSync(`${live}.copy`, live)
        return ledger.state
      })
      assert.deepStrictEqual(seen, all)
    })
  )
})

/** Each over 500 bytes, so that some hundreds are more than is read in one piece. */
const longLabels = (count: number) => numbers(1, count).map((index) => relabelled(`${index} ${"x".repeat(500)}`))
