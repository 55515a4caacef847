/** A decision that differs, field by field: as it was recorded, and as it comes out. */
import type { FieldDifference } from "@daybook/pool/replay/Difference"
import { absolute } from "./Time.ts"

/** How a difference is told: `now` is what it is today, or what it would be. */
export interface DifferenceWords {
  /** Of a decision that only the recorded course has. */
  readonly missing: string
  /** Of one that only the other course has. */
  readonly added: string
}

export const fieldText = ({ field, now, recorded }: FieldDifference, words: DifferenceWords): string => {
  if (field === "event") return now === undefined ? words.missing : words.added
  return `${field}: ${valueText(recorded)} -> ${valueText(now)}`
}

/** An instant is a number of milliseconds since 1970; no other number in a decision is as large. */
export const valueText = (value: unknown): string => {
  if (value === undefined) return "none"
  if (typeof value === "number" && value > 1e11 && value < 8.64e15) return absolute(value)
  return typeof value === "string" ? value : JSON.stringify(value)
}
