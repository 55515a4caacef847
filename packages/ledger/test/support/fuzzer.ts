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
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { complaints, originalOf, type Said } from "./Judgement.ts"
import { mutate } from "./Mutations.ts"
import { sample } from "./Samples.ts"

const [folder = "", first, count] = process.argv.slice(2)
const path = join(folder, "ledger.jsonl")
const layer = FileLedger.layer({ folder, program: "fuzzer", version: "1", readOnly: true })

const originals = ["01a20451", "01a20452"].map((salt) => originalOf(Buffer.from(sample(salt), "latin1")))
const [original, other] = originals.map(({ bytes }) => bytes) as [Buffer, Buffer]

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

/** In MiB, of this process, with nothing in it that could be thrown away. */
const memory = (): number => {
  globalThis.gc?.()
  return Math.round(process.memoryUsage.rss() / 2 ** 20)
}

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
  const mutated = mutate(original, other, seed)
  rmSync(path, { force: true }) // some disks take their time to write over a file that is there
  writeFileSync(path, mutated.bytes)
  const said = await Effect.runPromise(say)
  const wrong = complaints(mutated, originals, said)
  if (wrong.length > 0 || "polluted" in {}) {
    process.stdout.write(`${JSON.stringify({ seed, mutations: mutated.names, wrong })}\n`)
    process.exit(1)
  }
  outcomes[outcome(said)] = (outcomes[outcome(said)] ?? 0) + 1
  if (tried === Math.floor(Number(count) / 10)) before = memory()
}
process.stdout.write(`${JSON.stringify({ outcomes, before, after: memory() })}\n`)
