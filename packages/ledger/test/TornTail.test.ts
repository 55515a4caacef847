import { assert, describe, it } from "@effect/vitest"
import { verify } from "@daybook/ledger/Verify"
import { Effect, Stream } from "effect"
import { appendFileSync, closeSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { SnapshotEvery } from "../src/internal/View.ts"
import { relabelled, seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import { open } from "./support/Open.ts"
import { tempFolder } from "./support/TempFolder.ts"

/** A ledger of four events, closed. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  yield* Effect.scoped(Effect.flatMap(open(folder), (ledger) => ledger.append([relabelled("one"), relabelled("two")])))
  const path = join(folder, "ledger.jsonl")
  return { folder, path, whole: readFileSync(path, "latin1") }
})

const appendOne = (folder: string) =>
  Effect.scoped(Effect.flatMap(open(folder), (ledger) => ledger.append([relabelled("next")])))

const half = Lines.relabelled(5).slice(0, 210)

describe("a writer that died", () => {
  it.effect("in mid-line leaves junk, which the next one closes and records where it stands", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, half)
      yield* appendOne(folder)
      assert.isTrue(readFileSync(path, "latin1").startsWith(`${whole}${half}\n{"seq":5,`))
      const ledger = yield* open(folder, { readOnly: true })
      const events = yield* Stream.runCollect(ledger.read())
      assert.deepInclude(events[4], {
        type: "TailSealed",
        data: { offset: whole.length, length: half.length, crc: crc32(half).toString(16).padStart(8, "0") }
      })
      assert.deepInclude(events.at(-1), { type: "CredentialRelabelled", data: { label: "next" } })
      assert.deepInclude(yield* verify(path), {
        isConsistent: true,
        events: 7,
        junk: [{ path, line: 5, offset: whole.length, length: half.length }]
      })
    })
  )

  it.effect("in mid-line troubles no reader, who sees the events before it", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, half)
      const ledger = yield* open(folder, { readOnly: true })
      assert.strictEqual((yield* ledger.head).seq, 4)
      assert.strictEqual((yield* Stream.runCollect(ledger.read())).length, 4)
      const tail = { path, line: 5, offset: whole.length, length: half.length }
      assert.deepInclude(yield* verify(path), { isConsistent: true, tornTail: tail })
    })
  )

  it.effect("in mid-line, and was cleaned up by hand while we looked on, leaves nothing to close", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      const ledger = yield* open(folder)
      appendFileSync(path, half)
      yield* ledger.state
      truncateSync(path, whole.length)
      yield* ledger.append([relabelled("next")])
      assert.isTrue(readFileSync(path, "latin1").startsWith(`${whole}{"seq":5,`))
      assert.deepInclude(yield* verify(path), { isConsistent: true, junk: [] })
    })
  )

  it.effect("with its last line whole but for the newline has written the event", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      truncateSync(path, whole.length - 1)
      assert.strictEqual((yield* verify(path)).events, 3)
      const [joined, next] = yield* Effect.scoped(
        Effect.gen(function* () {
          const ledger = yield* open(folder)
          yield* ledger.append([relabelled("next")])
          return yield* Stream.runCollect(ledger.read()).pipe(Effect.map((events) => events.slice(-2)))
        })
      )
      assert.deepInclude(joined, { seq: seq(5), type: "ActorJoined" })
      assert.deepInclude(next, { seq: seq(6), type: "CredentialRelabelled", data: { label: "next" } })
      assert.isTrue((yield* verify(path)).isConsistent)
    })
  )

  it.effect("while it recorded another one's junk is closed in its turn, wherever it stopped", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, half)
      yield* appendOne(folder)
      const seal =
        readFileSync(path, "latin1")
          .slice(whole.length + half.length)
          .split("\n")[1] ?? ""
      for (const stopped of [0, 1, 30, 150, seal.length - 80, seal.length - 1]) {
        truncateSync(path, whole.length + half.length + 1 + stopped)
        yield* appendOne(folder)
        const report = yield* verify(path)
        const length = stopped === 0 ? half.length : half.length + 1 + stopped
        assert.isTrue(report.isConsistent)
        assert.deepStrictEqual(report.junk, [{ path, line: 5, offset: whole.length, length }])
      }
    })
  )

  it.effect("with its record of another one's junk whole but for the newline has recorded it", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, half)
      yield* appendOne(folder)
      const end = readFileSync(path, "latin1").indexOf("\n", whole.length + half.length + 1)
      truncateSync(path, end)
      assert.deepInclude(yield* verify(path), { isConsistent: true, events: 4 })
      yield* appendOne(folder)
      assert.deepInclude(yield* verify(path), {
        isConsistent: true,
        events: 7,
        junk: [{ path, line: 5, offset: whole.length, length: half.length }]
      })
    })
  )

  it.effect("again and again is closed as one piece of junk", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, half)
      for (let deaths = 0; deaths < 3; deaths++) {
        const before = readFileSync(path).length
        yield* appendOne(folder)
        truncateSync(path, before + 100)
      }
      const length = readFileSync(path).length - whole.length
      yield* appendOne(folder)
      assert.deepStrictEqual((yield* verify(path)).junk, [{ path, line: 5, offset: whole.length, length }])
    })
  )
})

describe("a power cut", () => {
  /** Half a line that reached the disk, and behind it what came later: the rest of its sector is lost, and more follows. */
  const cutBehind = (whole: string, lost: number): string => {
    const filler = Lines.relabelled(5).slice(0, 60)
    const room = (512 - ((whole.length + filler.length + lost) % 512)) % 512
    const later = `${Lines.relabelled(6)}\n${Lines.relabelled(7)}`
    return `${filler}${"y".repeat(room)}${"\0".repeat(lost)}${later.slice(lost)}\n`
  }

  it.effect("that lost a sector behind half a line is recovered from, though the sector holds that half too", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      const junk = cutBehind(whole, 15)
      appendFileSync(path, junk)
      assert.deepInclude(yield* verify(path), { isConsistent: true, events: 4 })
      yield* appendOne(folder)
      const length = junk.length - 1
      assert.deepInclude(yield* verify(path), {
        isConsistent: true,
        tornTail: undefined,
        junk: [{ path, line: 5, offset: whole.length, length }]
      })
    })
  )

  it.effect("leaves more than one byte of zeros: a single one is damage", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, cutBehind(whole, 1))
      assert.deepInclude((yield* verify(path)).firstBad, { line: 5, offset: whole.length })
      const { reason } = yield* Effect.flip(appendOne(folder))
      assert.deepInclude(reason, { _tag: "Damaged", path, line: 5, offset: whole.length })
    })
  )
})

describe("at the end of a ledger", () => {
  const damaged = (path: string, folder: string, line: number, offset: number) =>
    Effect.gen(function* () {
      assert.deepInclude((yield* verify(path)).firstBad, { line, offset, seq: seq(line) })
      const { reason } = yield* Effect.flip(appendOne(folder))
      assert.deepInclude(reason, { _tag: "Damaged", path, line, offset })
    })

  it.effect("half a line, a newline and half a line are damage, and nobody writes behind them", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, `${half}\n${half}`)
      yield* damaged(path, folder, 5, whole.length)
    })
  )

  it.effect("empty lines are damage, however many", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      appendFileSync(path, "\n".repeat(20_000))
      yield* damaged(path, folder, 5, whole.length)
    })
  )

  it.effect("a changed line is damage and not the remains of a writer", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      const lastLine = whole.slice(0, -1).lastIndexOf("\n") + 1
      appendFileSync(path, whole.slice(lastLine).replace("two", "too"))
      yield* damaged(path, folder, 5, whole.length)
    })
  )

  it.effect("a whole line whose newline was changed is damage", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      const lastLine = whole.slice(0, -1).lastIndexOf("\n") + 1
      truncateSync(path, whole.length - 1)
      appendFileSync(path, "\u000b")
      yield* damaged(path, folder, 4, lastLine)
    })
  )
})

describe("after a power cut", () => {
  /** Four events that were synced, and a group behind them that was not; zeros where its first sectors never came to be. */
  const cut = Effect.gen(function* () {
    const { folder, path, whole } = yield* written
    yield* Effect.scoped(
      Effect.flatMap(open(folder), (ledger) => ledger.append(Array.from({ length: 20 }, () => relabelled("lost"))))
    )
    const from = Math.ceil(whole.length / 512) * 512
    const fd = openSync(path, "r+")
    writeSync(fd, Buffer.alloc(1024), 0, 1024, from)
    closeSync(fd)
    const bytes = readFileSync(path)
    return { folder, path, begin: bytes.lastIndexOf("\n", from) + 1, size: bytes.length }
  })

  it.effect("sectors of zeros, and whole lines behind them, are junk that the next writer seals", () =>
    Effect.gen(function* () {
      const { begin, folder, path, size } = yield* cut
      assert.strictEqual((yield* verify(path)).tornTail?.offset, begin)
      yield* appendOne(folder)
      const ledger = yield* open(folder, { readOnly: true })
      const events = yield* Stream.runCollect(ledger.read())
      assert.deepStrictEqual(
        events.slice(4).map(({ type }) => type),
        ["ActorJoined", "TailSealed", "ActorJoined", "CredentialRelabelled"]
      )
      const { isConsistent, junk } = yield* verify(path)
      assert.isTrue(isConsistent)
      assert.deepInclude(junk[0], { offset: begin, length: size - begin - 1 })
    })
  )

  it.effect("they are damage where the index knows of lines that were synced behind them", () =>
    Effect.gen(function* () {
      const { folder, path, whole } = yield* written
      const marked = Effect.provideService(SnapshotEvery, 2_000)
      yield* Effect.scoped(
        Effect.flatMap(open(folder), (ledger) => ledger.append(Array.from({ length: 20 }, () => relabelled("kept"))))
      ).pipe(marked)
      const fd = openSync(path, "r+")
      writeSync(fd, Buffer.alloc(1024), 0, 1024, Math.ceil(whole.length / 512) * 512)
      closeSync(fd)
      const offset = readFileSync(path).lastIndexOf("\n", Math.ceil(whole.length / 512) * 512) + 1
      rmSync(join(folder, "snapshots"), { recursive: true })
      assert.deepInclude((yield* verify(path)).firstBad, { offset, why: "whole lines stood here once" })
      const { reason } = yield* Effect.flip(appendOne(folder))
      assert.deepInclude(reason, { _tag: "Damaged", path, offset })
    })
  )
})
