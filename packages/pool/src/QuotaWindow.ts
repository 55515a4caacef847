/**
 * How much of an allowance is used, as a provider says it: for five hours, for a week, for requests a minute.
 */
import { Schema } from "effect"
import { Instant } from "./Instant.ts"

export const QuotaWindow = Schema.Struct({
  /** By its length where that is known, such as `5h` or `7d`, else by the provider's name for it. */
  name: Schema.String,
  usedPercent: Schema.Finite,
  resetsAt: Schema.optionalKey(Instant)
})
export type QuotaWindow = typeof QuotaWindow.Type

export const isUsedUp = ({ usedPercent }: QuotaWindow): boolean => usedPercent >= 100
