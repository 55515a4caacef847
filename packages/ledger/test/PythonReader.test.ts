/** A reader that was written from the description of the format, in another language, and what it says of our ledgers. */
import { format } from "@daybook/pool/Instant"
import type { Recorded } from "@daybook/pool/Recorded"
import { repair } from "@daybook/ledger/Repair"
import { verify } from "@daybook/ledger/Verify"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { execFile } from "node:child_process"
import { appendFileSync, cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { SegmentBytes } from "../src/internal/Seal.ts"
import { firstOf } from "../src/internal/Segments.ts"
import { relabelled } from "./support/Drafts.ts"
import { open } from "./support/Open.ts"
import { tempFolder } from "./support/TempFolder.ts"

const program = fileURLToPath(new URL("../../../examples/read_ledger.py", import.meta.url))

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const python = (folder: string): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    execFile("python3", [program, folder], (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      const ran = { code: Number(code), stdout, stderr }
      resume(typeof code === "number" ? Effect.succeed(ran) : Effect.die(error))
    })
  })

const lineOf = ({ at, credential, seq, type }: Recorded & { readonly credential?: string }): string =>
  `${seq} ${format(at)} ${type} ${credential ?? "-"}`

const half = `{"seq":40,"at":"2026-`

/** Several segments, junk that was sealed, and half a line at the end. Answers what a reader should print. */
const write = Effect.fnUntraced(
  function* (folder: string) {
    const labels = Array.from({ length: 6 }, (_, index) => `Zoë ${index}`)
    const append = Effect.fnUntraced(function* () {
      const ledger = yield* open(folder)
      for (const label of labels) yield* ledger.append([relabelled(label)])
    }, Effect.scoped)
    yield* append()
    appendFileSync(join(folder, "ledger.jsonl"), half)
    yield* append()
    appendFileSync(join(folder, "ledger.jsonl"), half)
    const ledger = yield* open(folder, { readOnly: true })
    return (yield* Stream.runCollect(ledger.read())).map(lineOf)
  },
  Effect.scoped,
  Effect.provideService(SegmentBytes, 2_000)
)

const segmentsIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder).filter((name) => /^ledger\..*jsonl$/.test(name))

/** The middle of each line of a file, as an offset. */
const middles = (path: string): ReadonlyArray<number> => {
  let begin = 0
  return readFileSync(path, "latin1")
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const middle = begin + Math.floor(line.length / 2)
      begin += line.length + 1
      return middle
    })
}

const flip = (path: string, offset: number): void => {
  const bytes = readFileSync(path)
  bytes[offset] = (bytes[offset] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

describe("the reader in Python", () => {
  it.live("prints every event of several segments, past sealed junk and a torn tail", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const expected = yield* write(folder)
      const report = yield* verify(folder)
      assert.isAbove(report.segments.length, 2)
      assert.deepStrictEqual([report.junk.length, report.tornTail?.length], [1, half.length])
      const { code, stderr, stdout } = yield* python(folder)
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.deepStrictEqual(stdout.trim().split("\n"), expected)
    })
  )

  it.live(
    "names file and line of one changed bit as verify does, in whichever line it is",
    () =>
      Effect.gen(function* () {
        const folder = yield* tempFolder
        yield* write(folder)
        const flips = segmentsIn(folder).flatMap((name) => middles(join(folder, name)).map((at) => ({ name, at })))
        assert.isAbove(flips.length, 15)
        yield* Effect.forEach(
          flips,
          ({ at, name }) =>
            Effect.gen(function* () {
              const copy = yield* tempFolder
              cpSync(folder, copy, { recursive: true })
              flip(join(copy, name), at)
              const { firstBad } = yield* verify(copy)
              const { code, stderr } = yield* python(copy)
              assert.deepStrictEqual([code, basename(firstBad?.path ?? "")], [1, name])
              assert.isTrue(stderr.startsWith(`${firstBad?.path}:${firstBad?.line}: `), stderr)
            }).pipe(Effect.scoped),
          { concurrency: 2, discard: true }
        )
      }),
    120_000
  )

  it.live("says that a segment in the middle is missing, and reads on from the oldest that is here", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const expected = yield* write(folder)
      const [oldest = "", middle = "", next = ""] = segmentsIn(folder)
      const withoutOldest = yield* tempFolder
      cpSync(folder, withoutOldest, { recursive: true, filter: (from) => basename(from) !== oldest })
      const { code, stdout } = yield* python(withoutOldest)
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(stdout.trim().split("\n"), expected.slice((firstOf(middle) ?? 0) - 1))
      const withoutMiddle = yield* tempFolder
      cpSync(folder, withoutMiddle, { recursive: true, filter: (from) => basename(from) !== middle })
      const broken = yield* python(withoutMiddle)
      assert.strictEqual(broken.code, 1)
      assert.isTrue(broken.stderr.startsWith(`${join(withoutMiddle, next)}:1: `), broken.stderr)
      assert.deepStrictEqual(broken.stdout.trim().split("\n"), expected.slice(0, (firstOf(middle) ?? 0) - 1))
    })
  )

  it.live("knows nothing of accepted damage: in a repaired ledger it stops there, and says file and line", () =>
    Effect.gen(function* () {
      const folder = yield* tempFolder
      const expected = yield* write(folder)
      const [oldest = ""] = segmentsIn(folder)
      const path = join(folder, oldest)
      flip(path, middles(path)[2] ?? 0)
      assert.isTrue((yield* repair({ folder, program: "repair", version: "1" })).isDone)
      assert.deepInclude(yield* verify(folder), { isConsistent: true })
      const { code, stderr, stdout } = yield* python(folder)
      assert.strictEqual(code, 1)
      assert.isTrue(stderr.startsWith(`${path}:3: `), stderr)
      assert.deepStrictEqual(stdout.trim().split("\n"), expected.slice(0, 2))
    })
  )

  it("has at most forty lines", () => {
    assert.isTrue(statSync(program).isFile())
    assert.isAtMost(readFileSync(program, "utf8").trimEnd().split("\n").length, 40)
  })
})
