/** What every command that looks back is told: which ledger, and as of when. */
import { Flag } from "effect/cli"
import type { Option } from "effect"

export interface HistoryFlags {
  readonly ledger: Option.Option<string>
  readonly at: Option.Option<string>
}

export const ledger = Flag.String("ledger").pipe(
  Flag.withMetavar("PATH"),
  Flag.withDescription(
    "Another ledger: its folder or its ledger.jsonl, wherever it was copied; default the pool's own"
  ),
  Flag.optional
)

/** How a moment is named, in the help of each flag that takes one. */
export const moments = "number of an event, its id, a time in UTC, or an age such as -5m"

export const at = Flag.String("at").pipe(
  Flag.withMetavar("MOMENT"),
  Flag.withDescription(`As of a moment: ${moments}; default the end of the ledger`),
  Flag.optional
)

export const historyFlags = { ledger, at }
