import { assert, describe, it } from "@effect/vitest"
import * as Checkpoint from "@daybook/ledger/Checkpoint"
import { verify, type VerifyReport } from "@daybook/ledger/Verify"
import { Effect } from "effect"
import {
  closeSync,
  cpSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { seq } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"
import { liveIn, numbers, open, segmentsIn, type Small, write } from "./support/Small.ts"
import { tempFolder } from "./support/TempFolder.ts"

const unlimited: Small = { segmentBytes: Infinity }

const linesIn = (path: string): ReadonlyArray<string> => readFileSync(path, "latin1").trimEnd().split("\n")

const textOf = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")

/** A closed ledger, and a checkpoint that could have been taken of it behind each event. */
const written = Effect.fnUntraced(function* (count: number, small?: Small) {
  const folder = yield* tempFolder
  yield* write(folder, count, small)
  const { ledger } = yield* Effect.scoped(Effect.flatMap(open(folder, { readOnly: true }), (it) => it.head))
  const lines = (yield* segmentsIn(folder)).flatMap(linesIn)
  const checkpoints = lines.map((line, index): Checkpoint.Checkpoint => {
    return { ledger, seq: seq(index + 1), h: Lines.hashOf(line), at: 1_800_000_000_000 }
  })
  const at = (place: number): Checkpoint.Checkpoint => {
    const checkpoint = checkpoints[place - 1]
    assert(checkpoint !== undefined)
    return checkpoint
  }
  return { folder, live: liveIn(folder), lines, checkpoints, at }
})

const verdictsOf = ({ checkpoints }: VerifyReport) => checkpoints.map(({ verdict }) => verdict)

describe("a checkpoint", () => {
  const one: Checkpoint.Checkpoint = {
    ledger: "01a20451-0000-7000-8000-00000000abcd" as Checkpoint.Checkpoint["ledger"],
    seq: seq(1_234),
    h: "TyX3nxoHL-i77X2uJYtMNcR39cCGw-Q5fXtWw5Ybhtg",
    at: 1_800_000_000_000
  }
  const other = { ...one, seq: seq(5), h: "3c97dmNafNrRQbKrw9IIhztc9gC__-kICIe1urys3Xc" }

  it("is one line, and is read back from it", () => {
    const line = Checkpoint.format(one)
    assert.strictEqual(
      line,
      "daybook-checkpoint-1 01a20451-0000-7000-8000-00000000abcd 1234 TyX3nxoHL-i77X2uJYtMNcR39cCGw-Q5fXtWw5Ybhtg 2027-01-15T08:00:00.000Z"
    )
    assert.deepStrictEqual(Checkpoint.findAll(`${line}\n`), [one])
  })

  it("is found wherever it stands in a mail that quotes it and breaks its lines, and others with it", () => {
    const broken = Checkpoint.format(one).split(" ").join("\n> > ")
    const mail = [
      "Hello,",
      "",
      "> > On Monday Ada wrote:",
      `> > ${broken}`,
      "> >",
      `| our backup says: ${Checkpoint.format(other)}, as before.`,
      `\`${Checkpoint.format(one)}\``
    ]
    assert.deepStrictEqual(Checkpoint.findAll(mail.join("\r\n")), [one, other, one])
  })

  it("is not taken from what only resembles one", () => {
    const line = Checkpoint.format(one)
    const lookalikes = [
      line.replace("-1 ", "-2 "),
      line.replace("1234", "-7"),
      line.replace("TyX3", "TyX"),
      line.replace("2027-01-15", "2027-13-45"),
      line.replace("2027-01-15", "1927-01-15"),
      line.replace("abcd", "abcg"),
      ""
    ]
    assert.deepStrictEqual(lookalikes.flatMap(Checkpoint.findAll), [])
  })
})

describe("a ledger", () => {
  it.effect("that only grew holds every checkpoint that was taken of it, in whichever segment", () =>
    Effect.gen(function* () {
      const { checkpoints, folder } = yield* written(40)
      yield* write(folder, 20)
      for (const fast of [false, true]) {
        const report = yield* verify(folder, { checkpoints, fast })
        assert.deepInclude(report, { isConsistent: true, isComplete: true })
        assert.deepStrictEqual(
          report.checkpoints,
          checkpoints.map((checkpoint) => ({ checkpoint, verdict: "held" as const }))
        )
      }
    })
  )

  it.effect("says nothing about being complete where no checkpoint asks", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(3)
      assert.isUndefined((yield* verify(folder)).isComplete)
    })
  )

  it.effect("that was cut off by some records is consistent, and not complete", () =>
    Effect.gen(function* () {
      const { at, checkpoints, folder, lines, live } = yield* written(20, unlimited)
      for (const gone of numbers(1, lines.length - 1)) {
        const left = lines.length - gone
        writeFileSync(live, textOf(lines.slice(0, left)))
        const report = yield* verify(folder, { checkpoints: [at(left), at(left + 1), at(lines.length)] })
        assert.deepInclude(report, { isConsistent: true, isComplete: false, events: left })
        assert.deepStrictEqual(verdictsOf(report), ["held", "truncated", "truncated"])
        assert.isTrue((yield* verify(folder, { checkpoints: checkpoints.slice(0, left) })).isComplete)
      }
    })
  )

  it.effect("that was cut off by whole segments is consistent, and not complete", () =>
    Effect.gen(function* () {
      const { at, folder, lines, live } = yield* written(40)
      const [first = "", second = "", ...others] = yield* segmentsIn(folder)
      const left = linesIn(first).length + linesIn(second).length
      for (const path of others) rmSync(path)
      renameSync(second, live)
      const report = yield* verify(folder, { checkpoints: [at(left), at(lines.length)] })
      assert.deepInclude(report, { isConsistent: true, isComplete: false, events: left })
      assert.deepStrictEqual(verdictsOf(report), ["held", "truncated"])
    })
  )

  it.effect("that was rewritten from some line on is consistent, and not complete", () =>
    Effect.gen(function* () {
      const { checkpoints, folder, lines, live } = yield* written(12, unlimited)
      const bodies = lines.map((line) => line.slice(0, -66))
      for (const changed of numbers(3, lines.length)) {
        const other = bodies.with(changed - 1, (bodies[changed - 1] ?? "").replace('"label":"', '"label":"no '))
        writeFileSync(live, textOf(Lines.chainLines(other)))
        const report = yield* verify(folder, { checkpoints })
        assert.deepInclude(report, { isConsistent: true, isComplete: false, events: lines.length })
        assert.deepStrictEqual(
          verdictsOf(report),
          checkpoints.map(({ seq }) => (seq < changed ? "held" : "rewritten"))
        )
      }
    })
  )

  it.effect("is told from another", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(5)
      const other = yield* written(5)
      const report = yield* verify(folder, { checkpoints: [other.at(3)] })
      assert.deepInclude(report, { isConsistent: true, isComplete: false })
      assert.deepStrictEqual(verdictsOf(report), ["another ledger"])
    })
  )

  it.effect("whose older segments were archived cannot tell of them, and tells of the others", () =>
    Effect.gen(function* () {
      const { at, folder, lines } = yield* written(40)
      const [first = "", second = ""] = yield* segmentsIn(folder)
      const missing = linesIn(first).length
      rmSync(first)
      const held = [at(missing + 1), at(missing + linesIn(second).length), at(lines.length)]
      for (const fast of [false, true]) {
        const some = yield* verify(folder, { checkpoints: [at(missing), ...held], fast })
        assert.deepStrictEqual(verdictsOf(some), ["archived", "held", "held", "held"])
        assert.deepInclude(some, { isConsistent: true, isComplete: undefined })
        assert.isTrue((yield* verify(folder, { checkpoints: held, fast })).isComplete)
        const truncated = { ...at(lines.length), seq: seq(lines.length + 1) }
        assert.isFalse((yield* verify(folder, { checkpoints: [at(1), truncated], fast })).isComplete)
      }
    })
  )

  it.effect("that is damaged tells of what stands before the damage, and not of what is behind", () =>
    Effect.gen(function* () {
      const { at, folder, lines, live } = yield* written(12, unlimited)
      writeFileSync(live, textOf(lines.with(7, (lines[7] ?? "").replace("label", "lapel"))))
      const report = yield* verify(folder, { checkpoints: [at(7), at(8), at(14)] })
      assert.deepInclude(report, { isConsistent: false, isComplete: undefined })
      assert.deepStrictEqual(verdictsOf(report), ["held", "damaged", "damaged"])
    })
  )
})

describe("comparing only the sums of sealed segments", () => {
  it.effect("gives the same report on a ledger that is whole, and says of which it took the sum", () =>
    Effect.gen(function* () {
      const { at, folder, lines } = yield* written(60)
      const files = yield* segmentsIn(folder)
      const checkpoints = [at(lines.length)]
      const whole = yield* verify(folder, { checkpoints })
      const fast = yield* verify(folder, { checkpoints, fast: true })
      assert.deepStrictEqual(
        fast.segments.map(({ bySum }) => bySum),
        files.map((path) => path !== liveIn(folder))
      )
      assert.deepStrictEqual(
        { ...fast, segments: fast.segments.map((segment) => ({ ...segment, bySum: false })) },
        { ...whole, segments: whole.segments.map((segment) => ({ ...segment, bySum: false })) }
      )
    })
  )

  it.effect(
    "finds a changed byte wherever it is, and names the line that a whole reading names",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* written(30)
        for (const path of yield* segmentsIn(folder)) {
          const size = statSync(path).size
          for (const at of [...numbers(0, size - 1).filter((at) => at % 61 === 0), size - 1]) {
            const before = readFileSync(path)[at] ?? 0
            change(path, at, before ^ (1 << (at % 8)))
            const [fast, whole] = [yield* verify(folder, { fast: true }), yield* verify(folder)]
            change(path, at, before)
            assert.deepInclude(fast.firstBad, { path }, `${at}`)
            assert.deepStrictEqual(fast.firstBad, whole.firstBad, `${at}`)
          }
        }
        assert.isTrue((yield* verify(folder, { fast: true })).isConsistent)
      }),
    120_000
  )

  it.effect("finds a sealed segment that was cut off, at any line or in one", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(15)
      const [path = ""] = yield* segmentsIn(folder)
      const { size } = statSync(path)
      for (const left of numbers(1, 40).map((part) => Math.floor((size * part) / 41))) {
        const copy = join(yield* tempFolder, "copy")
        cpSync(folder, copy, { recursive: true })
        truncateSync(join(copy, path.slice(folder.length)), left)
        const [fast, whole] = [yield* verify(copy, { fast: true }), yield* verify(copy)]
        assert.isFalse(fast.isConsistent)
        assert.deepStrictEqual(fast.firstBad, whole.firstBad)
      }
    })
  )

  it.effect("finds a segment in which a line was put in the place of another, and lines that were taken out", () =>
    Effect.gen(function* () {
      const { folder } = yield* written(15)
      const [path = ""] = yield* segmentsIn(folder)
      const lines = linesIn(path)
      for (const changed of [
        lines.with(4, lines[5] ?? ""),
        lines.toSpliced(4, 1),
        lines.toSpliced(4, 2),
        lines.toSpliced(4, 0, lines[4] ?? ""),
        lines.slice(0, -1),
        [...lines, lines.at(-1) ?? ""]
      ]) {
        writeFileSync(path, textOf(changed))
        const [fast, whole] = [yield* verify(folder, { fast: true }), yield* verify(folder)]
        assert.isFalse(fast.isConsistent)
        assert.deepStrictEqual(fast.firstBad, whole.firstBad)
      }
    })
  )
})

const change = (path: string, at: number, byte: number): void => {
  const fd = openSync(path, "r+")
  writeSync(fd, Uint8Array.of(byte), 0, 1, at)
  closeSync(fd)
}
