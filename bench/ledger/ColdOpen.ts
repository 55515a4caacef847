/**
 * Opens a ledger to the state of the pool, several times one after the other, and says how many milliseconds each took.
 * The modules are loaded before; what V8 has not run yet it runs slowly, so the first time stands apart.
 *
 *   ColdOpen.ts FOLDER
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { Effect, ManagedRuntime } from "effect"
import { answer } from "./Child.ts"

const [folder] = process.argv.slice(2) as [string]
const times = 20

const open = async (): Promise<number> => {
  const begun = performance.now()
  const runtime = ManagedRuntime.make(FileLedger.layer({ folder, program: "bench", version: "0", readOnly: true }))
  await runtime.runPromise(Effect.flatMap(Ledger, (ledger) => ledger.state))
  const millis = performance.now() - begun
  await runtime.dispose()
  return millis
}

const millis: Array<number> = []
while (millis.length < times) millis.push(await open())
answer(millis)
