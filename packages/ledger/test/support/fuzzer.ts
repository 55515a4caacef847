/**
 * Gives mutated ledgers to `verify` and to a reader, and holds against each other what they say; and damaged ones to
 * `repair`. Arguments: a folder, the first seed, and how many seeds. Prints each seed before it is tried, so that whoever waits knows which one hangs, and
 * in the end what came of all. Ends with 1 at the first that is misjudged.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { type LedgerError } from "@daybook/ledger/LedgerError"
import { repair, type RepairReport } from "@daybook/ledger/Repair"
import { verify, type VerifyReport } from "@daybook/ledger/Verify"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Result, Stream } from "effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { complaints, type Original, originalOf, type Said } from "./Judgement.ts"
import { mutate, type Mutated } from "./Mutations.ts"
import { sample, type SampleFile, sampleKey, segmented } from "./Samples.ts"

const [parent = "", first, seeds] = process.argv.slice(2)
const folder = mkdtempSync(join(parent, "fuzz-"))
const layer = FileLedger.layer({ folder, program: "fuzzer", version: "1", readOnly: true })

interface Base {
  readonly names: ReadonlyArray<string>
  /** The one that is mutated, and the one to take bytes from. */
  readonly originals: readonly [Original, Original]
}

const baseOf = (make: (salt: string) => ReadonlyArray<SampleFile>): Base => {
  const originalWith = (salt: string) => originalOf(make(salt).map(({ text }) => Buffer.from(text, "latin1")))
  return {
    names: make("01a20451").map(({ name }) => name),
    originals: [originalWith("01a20451"), originalWith("01a20452")]
  }
}

const inOneFile = baseOf((salt) => [{ name: "ledger.jsonl", text: sample(salt) }])
const inSegments = baseOf(segmented)

const put = (names: ReadonlyArray<string>, { files }: Mutated): void => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
  for (const [index, name] of names.entries()) writeFileSync(join(folder, name), files[index] ?? "")
}

const say = Effect.gen(function* () {
  const report = yield* Effect.result(verify(folder))
  const events: Array<Recorded> = []
  const reading = Ledger.use((ledger) =>
    Stream.runForEach(ledger.read(), (event) => Effect.sync(() => void events.push(event)))
  ).pipe(Effect.provide(layer), Effect.result)
  const error = Result.match(yield* reading, {
    onSuccess: (): LedgerError | undefined => undefined,
    onFailure: (error) => error
  })
  return { report, events, error } satisfies Said
})

/**
 * What cannot be after a repair, in words: it makes a ledger whole or says why it cannot, and whatever it does changes no
 * byte that is there.
 */
const repairedWrongly = ({ files }: Mutated) =>
  Effect.gen(function* () {
    writeFileSync(join(folder, "fingerprint.key"), sampleKey)
    const planned = yield* fix(true)
    const repaired = yield* fix(false)
    if (Result.isSuccess(repaired) && repaired.success.isDone) count("repaired")
    const left = contentOf(folder)
    const isKept = files.every((bytes) => left.some((one) => one.subarray(0, bytes.length).equals(bytes)))
    return [
      ...(isKept ? [] : ["repair changed what was there"]),
      ...(Result.isFailure(repaired) ? [] : unkept(planned, repaired.success, yield* verify(folder)))
    ]
  }).pipe(Effect.scoped)

const fix = (dryRun: boolean) => Effect.result(repair({ folder, dryRun, program: "fuzzer", version: "1" }))

const unkept = (
  planned: Result.Result<RepairReport, LedgerError>,
  { findings, isDone }: RepairReport,
  { firstBad }: VerifyReport
): ReadonlyArray<string> => [
  ...(Result.isSuccess(planned) && isDeepStrictEqual(planned.success.findings, findings)
    ? []
    : ["repair found something else than its dry run"]),
  ...(isDone === findings.every(({ _tag }) => _tag !== "Beyond") ? [] : [`repair was done: ${isDone}`]),
  ...(isDone && firstBad !== undefined ? [`a repaired ledger is damaged: ${firstBad.why}`] : [])
]

/** Of all files that are segments or look like some. */
const contentOf = (folder: string): ReadonlyArray<Buffer> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => readFileSync(join(folder, name)))

const inMiB = (bytes: number): number => Math.round(bytes / 2 ** 20)

/** What is kept when nothing is left that could be thrown away. */
const kept = (): number => {
  globalThis.gc?.()
  const { external, heapUsed } = process.memoryUsage()
  return inMiB(heapUsed + external)
}

/** The most that this process ever had. */
const peak = (): number => inMiB(process.resourceUsage().maxRSS * 1024)

const outcome = ({ report }: Said): string => {
  if (Result.isFailure(report)) return report.failure.reason._tag
  if (!report.success.isConsistent) return "damaged"
  return report.success.tornTail === undefined ? "whole" : "torn"
}

/** A repair takes longer than all else. */
const repairedEach = 32

const outcomes: Record<string, number> = {}

const count = (what: string): void => {
  outcomes[what] = (outcomes[what] ?? 0) + 1
}

let before = 0
for (let tried = 0; tried < Number(seeds); tried++) {
  const seed = Number(first) + tried
  process.stdout.write(`${seed}\n`)
  const { names, originals } = seed % 3 === 0 ? inSegments : inOneFile
  const mutated = mutate(originals[0].files, originals[1].files, seed)
  put(names, mutated)
  const said = await Effect.runPromise(say)
  const isRepaired = seed % repairedEach === 0 && outcome(said) === "damaged"
  const wrong = [
    ...complaints(mutated, originals, said),
    ...(isRepaired ? await Effect.runPromise(repairedWrongly(mutated)) : [])
  ]
  if (wrong.length > 0 || "polluted" in {}) {
    process.stdout.write(`${JSON.stringify({ seed, mutations: mutated.names, wrong })}\n`)
    process.exit(1)
  }
  count(outcome(said))
  if (tried === Math.floor(Number(seeds) / 10)) before = kept()
}
process.stdout.write(`${JSON.stringify({ outcomes, before, after: kept(), peak: peak() })}\n`)
