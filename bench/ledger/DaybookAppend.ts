/**
 * The ledger, as a program uses it: one promise for each append.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import { ManagedRuntime } from "effect"
import { join } from "node:path"
import type { Contender } from "./Contender.ts"
import { event } from "./Sample.ts"

export const open = async (folder: string): Promise<Contender> => {
  const layer = FileLedger.layer({ folder: join(folder, "home"), program: "bench", version: "0" })
  const runtime = ManagedRuntime.make(layer)
  const ledger = await runtime.runPromise(Ledger)
  return { append: () => runtime.runPromise(ledger.append([event])), close: () => runtime.dispose() }
}
