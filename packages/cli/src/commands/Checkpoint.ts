/** `daybook checkpoint` */
import { format } from "@daybook/ledger/Checkpoint"
import { Ledger } from "@daybook/ledger/Ledger"
import { Clock, Console, Effect } from "effect"
import { Command } from "effect/cli"
import { Checkpoint, checkpointJson } from "../json/Checkpoint.ts"
import * as LedgerFolder from "../LedgerFolder.ts"
import * as Output from "../Output.ts"
import * as ReadPool from "../ReadPool.ts"
import { settings } from "../Root.ts"

export const checkpoint = Command.make(
  "checkpoint",
  { path: LedgerFolder.argument },
  Effect.fnUntraced(function* ({ path }) {
    const { home, json } = yield* settings
    const folder = yield* LedgerFolder.find(path, home)
    const taken = yield* Effect.provide(take, ReadPool.ledgerLayer(folder))
    yield* json ? Output.documentOf(Checkpoint, checkpointJson(taken)) : Console.log(format(taken))
  })
).pipe(
  Command.withDescription(
    "One line that says how far the ledger reaches. Keep it elsewhere: `verify --checkpoint` tells from it what was cut off or rewritten"
  )
)

/** The head is read first, so that the sync covers it: what the line names will outlast a power cut. */
const take = Effect.gen(function* () {
  const ledger = yield* Ledger
  const head = yield* ledger.head
  yield* ledger.sync
  return { ...head, at: yield* Clock.currentTimeMillis }
})
