/**
 * Goes to moments of a ledger, in one process that has just opened it, and says how long each took.
 *
 *   Seek.ts FOLDER, which then waits to be told the moments
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { Moment } from "@daybook/ledger/Moment"
import { ManagedRuntime } from "effect"
import { once } from "node:events"
import { Waits } from "../Waits.ts"
import { answer } from "./Child.ts"

const [folder] = process.argv.slice(2) as [string]
const runtime = ManagedRuntime.make(FileLedger.layer({ folder, program: "bench", version: "0", readOnly: true }))
const ledger = await runtime.runPromise(Ledger)
process.send?.("ready")
const [moments] = (await once(process, "message")) as [ReadonlyArray<Moment>]
const waits = new Waits()
for (const moment of moments) {
  const begun = performance.now()
  await runtime.runPromise(ledger.asOf(moment))
  waits.add(performance.now() - begun)
}
answer(waits.counts)
await runtime.dispose()
