/** Which ledger an answer is from, and as of when. Not where it lies: a copy of it answers the same. */
import type { Standing } from "../History.ts"
import type { Paint } from "./Paint.ts"
import { absolute } from "@daybook/words/Time"

export const asOfLines = (history: Standing, paint: Paint): ReadonlyArray<string> => [
  `${paint("faint", "ledger")}  ${history.state.ledger?.id ?? "unknown"}`,
  `${paint("faint", "as of")}   ${asOf(history)}`
]

/** Between which two moments, the earlier one first. */
export const fromToLines = (from: Standing, to: Standing, paint: Paint): ReadonlyArray<string> => [
  `${paint("faint", "ledger")}  ${to.state.ledger?.id ?? "unknown"}`,
  `${paint("faint", "from")}    ${asOf(from)}`,
  `${paint("faint", "to")}      ${asOf(to)}`
]

/** From which event, up to which moment. */
export const periodLines = (to: Standing, from: number, paint: Paint): ReadonlyArray<string> => [
  `${paint("faint", "ledger")}  ${to.state.ledger?.id ?? "unknown"}`,
  `${paint("faint", "from")}    event ${from}`,
  `${paint("faint", "to")}      ${asOf(to)}`
]

/** The last event that counts; and the time, if that is not the event's. */
export const asOf = ({ at, state: { head, latest } }: Standing): string =>
  at === latest ? `event ${head}, ${absolute(latest)}` : `${absolute(at)}, after event ${head} of ${absolute(latest)}`
