/** A ledger as the page's worker reads one, without a server between. */
import type * as History from "@daybook/cli/History"
import * as HistoryPages from "@daybook/cli/HistoryPages"
import { Seq } from "@daybook/pool/Ids"
import { empty } from "@daybook/pool/PoolState"
import type { Context } from "@daybook/viewer/model/Context"
import type { Source } from "@daybook/viewer/Source"
import { Effect } from "effect"

export const contextOf = Effect.fnUntraced(function* (history: History.History) {
  const first = (yield* HistoryPages.oldest(history))?.seq ?? 1
  const source = sourceOf(history, first)
  const context: Context = { source, first, stateAt: ({ seq }) => source.state(seq) }
  return context
})

const sourceOf = ({ end, folder, ledger }: History.History, first: number): Source => ({
  about: async () => ({
    ledger: "",
    name: folder,
    first,
    head: end.state.head,
    at: undefined,
    damage: undefined,
    isExcerpt: false,
    isFromElsewhere: true,
    unknown: end.state.unknown
  }),
  state: async (seq) => (seq === 0 ? empty : Effect.runPromise(ledger.asOf({ seq: Seq.make(seq) }))),
  events: async ({ from, to, ...wanted }, take) => {
    await Effect.runPromise(ledger.scan({ ...wanted, from: Seq.make(from), to: Seq.make(to), take }))
  },
  line: async (seq) => {
    throw new Error(`nobody asks for line ${seq} here`)
  },
  follow: () => {}
})
