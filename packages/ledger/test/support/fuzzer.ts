/**
 * Gives mutated ledgers to `verify` and to a reader, and holds against each other what they say. Arguments: a folder, the
 * first seed, and how many seeds. Prints each seed before it is tried, so that whoever waits knows which one hangs, and
 * in the end what came of all. Ends with 1 at the first that is misjudged.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { type LedgerError } from "@daybook/ledger/LedgerError"
import { verify } from "@daybook/ledger/Verify"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Result, Stream } from "effect"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { complaints, type Original, originalOf, type Said } from "./Judgement.ts"
import { mutate, type Mutated } from "./Mutations.ts"
import { sample, type SampleFile, segmented } from "./Samples.ts"

const [parent = "", first, count] = process.argv.slice(2)
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
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
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

const outcomes: Record<string, number> = {}
let before = 0
for (let tried = 0; tried < Number(count); tried++) {
  const seed = Number(first) + tried
  process.stdout.write(`${seed}\n`)
  const { names, originals } = seed % 3 === 0 ? inSegments : inOneFile
  const mutated = mutate(originals[0].files, originals[1].files, seed)
  put(names, mutated)
  const said = await Effect.runPromise(say)
  const wrong = complaints(mutated, originals, said)
  if (wrong.length > 0 || "polluted" in {}) {
    process.stdout.write(`${JSON.stringify({ seed, mutations: mutated.names, wrong })}\n`)
    process.exit(1)
  }
  outcomes[outcome(said)] = (outcomes[outcome(said)] ?? 0) + 1
  if (tried === Math.floor(Number(count) / 10)) before = kept()
}
process.stdout.write(`${JSON.stringify({ outcomes, before, after: kept(), peak: peak() })}\n`)
