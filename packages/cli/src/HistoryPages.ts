/** The events of a history piece by piece, for what is done with all of them and may have to wait. */
import type { Wanted } from "@daybook/ledger/Ledger"
import type { Seq } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect, Option, Stream } from "effect"
import * as History from "./History.ts"

/** Events that are held at once. */
const pageLength = 2_000

/** From an event on, up to the moment, or to damage; of each piece only what is wanted. */
export const forEach = Effect.fnUntraced(function* <E>(
  history: History.History,
  first: number,
  use: (events: ReadonlyArray<Recorded>) => Effect.Effect<void, E>,
  wanted: Wanted = {}
) {
  for (let from = Math.max(1, first); from <= history.state.head; from += pageLength) {
    const to = Math.min(from + pageLength - 1, history.state.head)
    const events: Array<Recorded> = []
    const take = (event: Recorded) => void events.push(event)
    const end = yield* History.scan(history, { ...wanted, from: from as Seq, to: to as Seq, take })
    yield* use(events)
    if (end.damage !== undefined) return
  }
})

/** The oldest event that was not archived. */
export const oldest = ({ ledger }: Pick<History.History, "ledger">) =>
  Effect.map(Stream.runHead(ledger.read()), Option.getOrUndefined)
