/** Ledgers opened for a test, as its processes would open them. */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { Context, Effect, Layer, type Scope } from "effect"

/** Opens it once more, apart from whoever has it open already. */
export const open = (
  folder: string,
  options?: Partial<FileLedger.Options>
): Effect.Effect<Ledger["Service"], LedgerError, Scope.Scope> =>
  Effect.map(Layer.build(FileLedger.layer({ folder, program: "test", version: "1.2.3", ...options })), (services) =>
    Context.get(services, Ledger)
  )
