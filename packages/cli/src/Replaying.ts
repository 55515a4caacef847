/**
 * Goes over the events of a history for a replay: from the oldest that was not archived, or from an event on, with the
 * state before it.
 */
import { Seq } from "@daybook/pool/Ids"
import { empty, type PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import * as History from "./History.ts"
import * as HistoryPages from "./HistoryPages.ts"

/** What is before the first event that can be read. */
export const startOf = Effect.fnUntraced(function* ({ ledger }: Pick<History.History, "ledger">) {
  const oldest = yield* HistoryPages.oldest({ ledger })
  const state: PoolState =
    oldest === undefined || oldest.seq === 1 ? empty : yield* ledger.asOf({ seq: Seq.make(oldest.seq - 1) })
  return state
})

export const forEach = (history: History.History, take: (event: Recorded) => void) => History.scan(history, { take })
