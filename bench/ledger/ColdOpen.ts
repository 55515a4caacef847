/**
 * Opens a ledger for the first time in this process, to the state of the pool, and says how many milliseconds that took;
 * loading the modules came before.
 *
 *   ColdOpen.ts FOLDER
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { Effect, ManagedRuntime } from "effect"
import { answer } from "./Child.ts"

const [folder] = process.argv.slice(2) as [string]
const begun = performance.now()
const runtime = ManagedRuntime.make(FileLedger.layer({ folder, program: "bench", version: "0", readOnly: true }))
await runtime.runPromise(Effect.flatMap(Ledger, (ledger) => ledger.state))
answer({ millis: performance.now() - begun })
await runtime.dispose()
