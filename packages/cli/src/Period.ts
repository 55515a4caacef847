/** A part of a ledger's life, from one moment to another, as `--since` and `--until` name it. */
import type { LedgerError } from "@daybook/ledger/LedgerError"
import { Seq } from "@daybook/pool/Ids"
import { Effect, Option } from "effect"
import * as At from "./At.ts"
import { exitCodes } from "./ExitCode.ts"
import { Flag } from "effect/cli"
import * as History from "./History.ts"
import { moments } from "./HistoryFlags.ts"
import { Stop } from "./Stop.ts"

export const flags = {
  since: Flag.String("since").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription(`From this moment on: ${moments}`),
    Flag.optional
  ),
  until: Flag.String("until").pipe(
    Flag.withMetavar("MOMENT"),
    Flag.withDescription("Up to this moment; default the end of the ledger"),
    Flag.optional
  )
}

export interface Flags {
  readonly since: Option.Option<string>
  readonly until: Option.Option<string>
}

export interface Period {
  /** As of the end of it. */
  readonly history: History.History
  /** Its first event; absent: the oldest. One behind the end of the ledger if there is none. */
  readonly from: Seq | undefined
}

export const resolve = Effect.fnUntraced(function* (
  whole: History.History,
  { since, until }: Flags
): Effect.fn.Return<Period, LedgerError | Stop> {
  const history = Option.isNone(until)
    ? whole
    : { ...whole, ...(yield* History.standing(whole, until.value, "--until")) }
  const from = Option.isNone(since) ? undefined : yield* beginOf(whole, since.value)
  if (from !== undefined && from > history.state.head && history.state.head < whole.state.head) {
    return yield* backwards(since, until)
  }
  return { history, from }
})

/** The event that is named, or the first that was written at the time or later. */
const beginOf = Effect.fnUntraced(function* (history: History.History, text: string) {
  const moment = At.momentOf(yield* At.read(text, "--since"), history.end.at)
  if (!("at" in moment)) return (yield* History.standing(history, text, "--since")).state.head
  // Where the ledger does not reach back to the time, all of it came later.
  return yield* history.ledger.asOf({ at: moment.at - 1 }).pipe(
    Effect.map(({ head }): Seq | undefined => Seq.make(head + 1)),
    Effect.catchReason("LedgerError", "NoSuchEvent", () => Effect.succeed(undefined))
  )
})

const backwards = (since: Option.Option<string>, until: Option.Option<string>): Stop =>
  new Stop({
    exitCode: exitCodes.usage,
    message: `--since ${Option.getOrElse(since, () => "")} is later than --until ${Option.getOrElse(until, () => "")}. Name the earlier moment first.`
  })
