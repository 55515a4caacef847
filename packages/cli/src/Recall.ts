/** The answer to `why` out of a ledger. What of it is read, the query decides. */
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { defaultProviders } from "@daybook/oauth/Providers"
import { type EventId, Seq } from "@daybook/pool/Ids"
import type { Credential } from "@daybook/pool/PoolState"
import type { FieldName } from "@daybook/pool/queries/why/Fields"
import * as Query from "@daybook/pool/queries/why/Recall"
import type { Recorded } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import * as History from "./History.ts"
import * as HistoryPages from "./HistoryPages.ts"

export const recall = Effect.fnUntraced(function* (history: History.History, credential: Credential, field: FieldName) {
  const limits = defaultProviders.find(({ id }) => id === credential.provider)
  return yield* Query.recall(yield* pastOf(history), credential, field, limits)
})

/** The newest loop of a login that is well, and runs at the moment. */
export const runningLoop = Effect.fnUntraced(function* (history: History.History, credential: Credential) {
  return yield* Query.runningLoop(yield* pastOf(history), credential)
})

const pastOf = Effect.fnUntraced(function* (history: History.History) {
  const { at, ledger, state } = history
  const past: Query.Past<LedgerError> = {
    state,
    at,
    first: (yield* HistoryPages.oldest(history))?.seq ?? 1,
    stateBehind: (seq) => ledger.asOf({ seq: Seq.make(seq) }),
    scan: ({ from, to, ...wanted }, take) =>
      History.scan(history, { ...wanted, from: Seq.make(from), to: Seq.make(to), take }),
    eventOf: (id) => eventOf(history, id)
  }
  return past
})

/** None if the ledger does not have it before the moment. */
const eventOf = Effect.fnUntraced(function* ({ ledger, state }: History.History, id: EventId) {
  const behind = yield* Effect.catchReason(ledger.asOf({ id }), "LedgerError", "NoSuchEvent", () =>
    Effect.succeed(undefined)
  )
  if (behind === undefined || behind.head > state.head) return undefined
  const events: Array<Recorded> = []
  yield* ledger.scan({ from: behind.head, to: behind.head, take: (event) => void events.push(event) })
  return events[0]
})
