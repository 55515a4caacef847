import { assert, describe, it } from "@effect/vitest"
import { archive } from "@daybook/ledger/Archive"
import type { Ledger } from "@daybook/ledger/Ledger"
import { repair } from "@daybook/ledger/Repair"
import { type EventRange, verify } from "@daybook/ledger/Verify"
import { Effect, Stream } from "effect"
import {
  appendFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { SegmentBytes } from "../src/internal/Seal.ts"
import * as Segments from "../src/internal/Segments.ts"
import { relabelled, seq } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { tempFolder } from "./support/TempFolder.ts"

const small = Effect.provideService(SegmentBytes, 4_000)

const labels = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => relabelled(`label ${from + index}`))

/** Events 3 to 32 carry labels with their own numbers, each appended alone. */
const written = Effect.gen(function* () {
  const folder = yield* tempFolder
  yield* Effect.scoped(
    Effect.flatMap(open(folder), (ledger) =>
      Effect.forEach(labels(3, 32), (draft) => ledger.append([draft]), { discard: true })
    )
  )
  return { folder, path: join(folder, "ledger.jsonl") }
})

const appendOne = (folder: string) =>
  Effect.scoped(Effect.flatMap(open(folder), (ledger) => ledger.append([relabelled("after")])))

const seqsIn = (ledger: Ledger["Service"]) =>
  Effect.map(Stream.runCollect(ledger.read()), (events) => events.map((event) => event.seq as number))

const readAll = (folder: string) => Effect.scoped(Effect.flatMap(open(folder, { readOnly: true }), seqsIn))

const fix = (folder: string, dryRun = false) => repair({ folder, dryRun, program: "repair", version: "1" })

const edit = (path: string, change: (lines: Array<string>) => ReadonlyArray<string>) => {
  const lines = readFileSync(path, "latin1").split("\n")
  writeFileSync(path, change(lines).join("\n"), "latin1")
}

/** Every file of a ledger, by its name. */
const contentOf = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.includes("ledger") || name.endsWith(".key"))
      .map((name) => [name, readFileSync(join(folder, name), "latin1")])
  )

const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe("repair", () => {
  it.effect("finds nothing in a ledger that is whole, and changes nothing", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const before = readFileSync(path)
      assert.deepStrictEqual(yield* fix(folder), { findings: [], isDone: true })
      assert.deepStrictEqual(readFileSync(path), before)
    })
  )

  it.effect("tells what it would do and does nothing, when it is told to", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      appendFileSync(path, '{"seq":33,"at"')
      const before = readFileSync(path)
      const { findings, isDone } = yield* fix(folder, true)
      assert.deepInclude(findings[0], { _tag: "TornTail", path, line: 33, offset: before.length - 14, length: 14 })
      assert.isTrue(isDone) // the next append closes it
      assert.deepStrictEqual(readFileSync(path), before)
    })
  )

  it.effect("closes half a line at the end and records it", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      appendFileSync(path, '{"seq":33,"at"')
      assert.isTrue((yield* fix(folder)).isDone)
      const report = yield* verify(folder)
      assert.isTrue(report.isConsistent)
      assert.strictEqual(report.junk.length, 1)
      assert.isUndefined(report.tornTail)
    })
  )

  it.effect("passes over a changed line: it alone is lost, and every other byte stays where it was", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      edit(path, (lines) => lines.with(9, lines[9]?.replace("label 10", "LABEL 10") ?? ""))
      const damaged = readFileSync(path)
      const { reason } = yield* Effect.flip(appendOne(folder))
      assert.deepInclude(reason, { _tag: "Damaged", line: 10 })
      const { findings, isDone } = yield* fix(folder)
      assert.isTrue(isDone)
      assert.deepInclude(findings[0], { _tag: "Damage", path, line: 10, lost: { from: seq(10), to: seq(10) } })
      const sealed = readFileSync(Segments.sealedPath(folder, seq(1)))
      assert.deepStrictEqual(sealed.subarray(0, damaged.length), damaged)
      yield* appendOne(folder)
      assert.deepStrictEqual(yield* readAll(folder), [...count(1, 9), ...count(11, 37)])
      const report = yield* verify(folder)
      assert.deepInclude(report, { isConsistent: true, events: 36 })
      assert.deepStrictEqual(
        report.accepted.map(({ line, lost }) => ({ line, lost })),
        [{ line: 10, lost: { from: seq(10), to: seq(10) } }]
      )
      assert.deepStrictEqual((yield* fix(folder)).findings, [])
    })
  )

  it.effect("loses no other line to a changed hash", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      edit(path, (lines) => lines.with(9, lines[9]?.replace(/"h":"./, '"h":"~') ?? ""))
      const { findings } = yield* fix(folder)
      assert.deepInclude(findings[0], { _tag: "Damage", lost: { from: seq(10), to: seq(10) } })
    })
  )

  it.effect("goes on behind lines that are missing, doubled, and put in by somebody", () =>
    Effect.gen(function* () {
      const changes: ReadonlyArray<readonly [(lines: Array<string>) => Array<string>, EventRange | undefined]> = [
        [(lines) => lines.toSpliced(9, 3), { from: seq(10), to: seq(13) }],
        [(lines) => lines.toSpliced(9, 0, lines[8] ?? ""), undefined],
        [(lines) => lines.toSpliced(9, 0, "hello", "", "world"), undefined]
      ]
      for (const [change, lost] of changes) {
        const { folder, path } = yield* written
        edit(path, change)
        const { findings } = yield* fix(folder)
        assert.strictEqual(findings.length, 1)
        assert.deepInclude(findings[0], { _tag: "Damage", lost })
        yield* appendOne(folder)
        assert.isTrue((yield* verify(folder)).isConsistent)
      }
    })
  )

  it.effect("gives up what stands behind damage that reaches the end, and takes no number twice", () =>
    Effect.gen(function* () {
      const { folder, path } = yield* written
      const lines = readFileSync(path, "latin1").split("\n")
      truncateSync(path, lines.slice(0, 29).join("\n").length + 1)
      appendFileSync(path, `nonsense\n${"x".repeat(70_000)}\n${lines[31]}`)
      const { findings } = yield* fix(folder)
      assert.deepInclude(findings[0], { _tag: "Damage", line: 30, lost: { from: seq(30), to: seq(32) } })
      yield* appendOne(folder)
      const seqs = yield* readAll(folder)
      assert.deepStrictEqual(seqs.slice(0, 29), count(1, 29))
      assert.deepStrictEqual(seqs.slice(29), count(33, 32 + seqs.length - 29))
      assert.isAbove(seqs.length, 29)
      assert.isTrue((yield* verify(folder)).isConsistent)
      assert.isTrue(readFileSync(Segments.sealedPath(folder, seq(1)), "latin1").includes(`${lines[31]}\n{"seq":`))
    })
  )

  it.effect("passes over damage in sealed segments, one after the other", () =>
    small(
      Effect.gen(function* () {
        const { folder } = yield* written
        const sealed = yield* Segments.listSealed(folder)
        assert.isAbove(sealed.length, 1)
        for (const { path } of sealed) edit(path, (lines) => lines.with(3, lines[3]?.replace("label", "LABEL") ?? ""))
        const { findings, isDone } = yield* fix(folder)
        assert.strictEqual(findings.length, sealed.length)
        assert.isTrue(isDone)
        yield* appendOne(folder)
        const report = yield* verify(folder)
        assert.isTrue(report.isConsistent)
        assert.strictEqual(report.accepted.length, sealed.length)
        assert.strictEqual((yield* readAll(folder)).length, report.events)
      })
    )
  )

  it.effect("goes on in the next segment where one lost its end", () =>
    small(
      Effect.gen(function* () {
        const { folder } = yield* written
        const [segment] = yield* Segments.listSealed(folder)
        const path = segment?.path ?? ""
        for (const cut of [0, 40]) {
          edit(path, (lines) => [...lines.slice(0, -4), ""])
          truncateSync(path, readFileSync(path).length - cut)
          const { findings } = yield* fix(folder)
          assert.deepInclude(findings[0], { _tag: "Damage", path })
          yield* appendOne(folder)
          assert.isTrue((yield* verify(folder)).isConsistent)
        }
      })
    )
  )

  it.effect("finishes a seal that was begun", () =>
    small(
      Effect.gen(function* () {
        const { folder, path } = yield* written
        const newest = (yield* Segments.listSealed(folder)).at(-1)
        rmSync(path)
        linkSync(newest?.path ?? "", path)
        assert.deepStrictEqual((yield* fix(folder)).findings, [{ _tag: "UnfinishedSeal", path }])
        yield* appendOne(folder)
        assert.isTrue((yield* verify(folder)).isConsistent)
      })
    )
  )

  it.effect("goes on behind the sealed segments where the live one is gone, which nothing else does", () =>
    small(
      Effect.gen(function* () {
        const { folder, path } = yield* written
        rmSync(path)
        assert.strictEqual((yield* Effect.flip(appendOne(folder))).reason._tag, "NoLiveSegment")
        const { findings } = yield* fix(folder)
        assert.deepInclude(findings[0], { _tag: "NoLiveSegment", path })
        yield* appendOne(folder)
        assert.isTrue((yield* verify(folder)).isConsistent)
      })
    )
  )

  it.effect("changes nothing where only a copy can help, and says which file", () =>
    small(
      Effect.gen(function* () {
        const { folder, path } = yield* written
        const [, second] = yield* Segments.listSealed(folder)
        const gone = second?.path ?? ""
        renameSync(gone, join(folder, "elsewhere"))
        const withoutSecond = contentOf(folder)
        const { findings, isDone } = yield* fix(folder)
        assert.isFalse(isDone)
        assert.strictEqual(findings.length, 1)
        assert.deepInclude(findings[0], { _tag: "Beyond", path: gone })
        assert.deepStrictEqual(contentOf(folder), withoutSecond)
        renameSync(join(folder, "elsewhere"), gone)
        edit(path, (lines) => lines.with(0, "?"))
        const withoutFirstLine = contentOf(folder)
        assert.deepInclude((yield* fix(folder)).findings[0], { _tag: "Beyond", path })
        assert.deepStrictEqual(contentOf(folder), withoutFirstLine)
      })
    )
  )

  it.effect("passes over hundreds of damaged stretches", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const path = join(folder, "ledger.jsonl")
      yield* Effect.scoped(Effect.flatMap(open(folder), (ledger) => ledger.append(labels(3, 403))))
      const damaged = (line: string, at: number) => (at % 2 === 1 ? line.replace("label ", "LABEL ") : line)
      edit(path, (lines) => lines.map(damaged))
      const { findings, isDone } = yield* fix(folder)
      assert.deepStrictEqual([findings.length, isDone], [200, true])
      assert.deepStrictEqual((yield* fix(folder)).findings, [])
      yield* appendOne(folder)
      const report = yield* verify(folder)
      assert.deepStrictEqual([report.isConsistent, report.accepted.length], [true, 200])
      assert.strictEqual((yield* readAll(folder)).length, report.events)
    })
  )

  it.effect("asks for the key first: without it nothing is promised, and nothing done", () =>
    small(
      Effect.gen(function* () {
        const { folder, path } = yield* written
        const key = join(folder, "fingerprint.key")
        rmSync(path)
        rmSync(key)
        const before = contentOf(folder)
        for (const dryRun of [true, false]) {
          const { message, reason } = yield* Effect.flip(fix(folder, dryRun))
          assert.deepInclude(reason, { _tag: "WrongKey", path: key })
          assert.include(message, "missing")
          assert.deepStrictEqual(contentOf(folder), before)
        }
      })
    )
  )

  it.effect("says of archived segments whose state is gone that only it or they can help, as verify does", () =>
    small(
      Effect.gen(function* () {
        const { folder } = yield* written
        yield* archive({ folder, before: 1 })
        const base = join(folder, "ledger.base")
        const bytes = readFileSync(base)
        for (const harm of [() => rmSync(base), () => writeFileSync(base, bytes.subarray(0, 100))]) {
          harm()
          const { findings, isDone } = yield* fix(folder)
          assert.isFalse(isDone)
          assert.deepInclude(findings[0], { _tag: "Beyond", path: base })
          assert.deepInclude((yield* verify(folder)).lacksBase, { path: base })
        }
        writeFileSync(base, bytes)
        assert.deepStrictEqual((yield* fix(folder)).findings, [])
        assert.isUndefined((yield* verify(folder)).lacksBase)
      })
    )
  )

  it.effect("takes nothing for what it accepted that came to stand where a segment had lost its end", () =>
    small(
      Effect.gen(function* () {
        const { folder } = yield* written
        const [segment] = yield* Segments.listSealed(folder)
        const path = segment?.path ?? ""
        edit(path, (lines) => [...lines.slice(0, -4), ""])
        assert.isTrue((yield* fix(folder)).isDone)
        const report = yield* verify(folder)
        assert.deepInclude(report, { isConsistent: true })
        assert.strictEqual(report.accepted[0]?.length, 0)
        const offset = readFileSync(path).length
        appendFileSync(path, "nonsense\n")
        assert.deepInclude((yield* verify(folder)).firstBad, { path, offset })
        assert.deepInclude((yield* Effect.flip(readAll(folder))).reason, { _tag: "Damaged", path, offset })
      })
    )
  )

  it.effect("gives up a damaged last line though a snapshot stands behind it", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      yield* Effect.scoped(Effect.flatMap(open(folder), (ledger) => ledger.append(labels(3, 122))))
      edit(join(folder, "ledger.jsonl"), (lines) => [
        ...lines.slice(0, -2),
        lines.at(-2)?.replace("label", "LABEL") ?? "",
        ""
      ])
      assert.isTrue((yield* fix(folder)).isDone)
      assert.isTrue((yield* verify(folder)).isConsistent)
      yield* appendOne(folder)
      assert.strictEqual((yield* readAll(folder)).length, (yield* verify(folder)).events)
    })
  )
})
