/** One race of several for the next version of a grant, on one opened ledger. */
import type { Ledger } from "@daybook/ledger/Ledger"
import type { AppendError, LedgerError } from "@daybook/ledger/LedgerError"
import { GrantId } from "@daybook/pool/Ids"
import { versionOf } from "@daybook/pool/PoolState"
import { Effect } from "effect"
import { refreshStarted, seq } from "./Drafts.ts"
import type { Operation } from "./History.ts"

export interface Start {
  readonly grant: string
  readonly expected: number
}

/** Each looks, tries, and looks again. */
export const race = (
  ledger: Ledger["Service"],
  start: Start,
  racers: number
): Effect.Effect<ReadonlyArray<Operation>, AppendError | LedgerError> => {
  const all = Array.from({ length: racers }, () => run(ledger, start))
  return Effect.map(Effect.all(all, { concurrency: "unbounded" }), (operations) => operations.flat())
}

const run = (ledger: Ledger["Service"], start: Start) =>
  Effect.all([timed(look(ledger, start)), timed(attempt(ledger, start)), timed(look(ledger, start))])

type Sight = Omit<Operation, "began" | "ended">

const look = (ledger: Ledger["Service"], { grant }: Start): Effect.Effect<Sight, LedgerError> =>
  Effect.map(ledger.state, (state) => ({ grant, did: "looked", version: versionOf(state, GrantId.make(grant)) }))

const attempt = (ledger: Ledger["Service"], { expected, grant }: Start): Effect.Effect<Sight, AppendError> => {
  const id = GrantId.make(grant)
  return ledger.append([refreshStarted(id)], { expected: new Map([[id, seq(expected)]]) }).pipe(
    Effect.map((events): Sight => ({ grant, did: "won", expected, version: events[0]?.seq ?? 0 })),
    Effect.catchReason("AppendError", "Conflict", ({ found }) =>
      Effect.succeed<Sight>({ grant, did: "lost", expected, version: found })
    )
  )
}

const timed = <E>(sight: Effect.Effect<Sight, E>): Effect.Effect<Operation, E> =>
  Effect.suspend(() => {
    const began = now()
    return Effect.map(sight, (seen) => ({ ...seen, began, ended: now() }))
  })

const now = (): number => Number(process.hrtime.bigint() / 1_000n)
