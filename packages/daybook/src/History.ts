/**
 * A ledger read for itself: nothing is created, nothing is written, no store is opened.
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { Recorded } from "@daybook/pool/Recorded"
import { Layer, ManagedRuntime, Stream } from "effect"
import { daybookHome, expand } from "./Home.ts"
import { firstEvent } from "./internal/FirstEvent.ts"
import { version } from "./internal/Version.ts"
import { warnings } from "./internal/Warnings.ts"

export interface HistoryOptions {
  /** Folder of the ledger; default `DAYBOOK_HOME`, else the user's data folder. */
  readonly home?: string
  /** `seq` of the first event wanted; default the oldest that was not archived. */
  readonly from?: number
}

/**
 * Every event that is in the ledger now, in order. Throws `LedgerError`.
 *
 * @example
 * for await (const event of history()) console.log(event.seq, event.type)
 */
export async function* history({ from, home }: HistoryOptions = {}): AsyncGenerator<Recorded, void, void> {
  const folder = home === undefined ? daybookHome() : expand(home)
  const runtime = ManagedRuntime.make(
    Layer.provideMerge(FileLedger.layer({ folder, program: "daybook", version, readOnly: true }), warnings)
  )
  try {
    const ledger = await runtime.runPromise(Ledger)
    yield* Stream.toAsyncIterable(ledger.read(firstEvent(from)))
  } finally {
    await runtime.dispose()
  }
}
