/**
 * Reads a whole ledger and folds it: `first` opens it, which checks every byte; `again` reads what was opened before.
 *
 *   Replay.ts first|again FOLDER
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { evolve } from "@daybook/pool/Evolve"
import { empty } from "@daybook/pool/PoolState"
import { Effect, ManagedRuntime, Stream } from "effect"
import { answer } from "./Child.ts"
import { timed } from "./Reading.ts"

const [which, folder] = process.argv.slice(2) as [string, string]
const runtime = ManagedRuntime.make(FileLedger.layer({ folder, program: "bench", version: "0", readOnly: true }))

const first = Effect.flatMap(Ledger, (ledger) => ledger.state)

const again = Effect.flatMap(Ledger, (ledger) => Stream.runFold(ledger.read(), () => empty, evolve))

if (which === "again") await runtime.runPromise(first)
const state = which === "again" ? again : first
answer(await timed(async () => (await runtime.runPromise(state)).head))
await runtime.dispose()
