/** Which ledger an answer is from, and as of when. Not where it lies: a copy of it answers the same. */
import type { History } from "../History.ts"
import type { Paint } from "./Paint.ts"
import { absolute } from "./Time.ts"

export const asOfLines = (history: Pick<History, "at" | "state">, paint: Paint): ReadonlyArray<string> => [
  `${paint("faint", "ledger")}  ${history.state.ledger?.id ?? "unknown"}`,
  `${paint("faint", "as of")}   ${asOf(history)}`
]

/** The last event that counts; and the time, if that is not the event's. */
export const asOf = ({ at, state: { head, latest } }: Pick<History, "at" | "state">): string =>
  at === latest
    ? `event ${head}, ${absolute(latest)}`
    : `${absolute(at)}; the last event before is ${head}, of ${absolute(latest)}`
