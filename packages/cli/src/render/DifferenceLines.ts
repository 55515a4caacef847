/** Decisions that differ, for people: which event, and each field as it was recorded and as it comes out. */
import type { FieldDifference } from "@daybook/pool/replay/Difference"
import type { Paint } from "./Paint.ts"
import { absolute } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

const columns = 80

export interface Differing {
  readonly seq: number
  readonly at: number
  readonly credential: string | undefined
  readonly type: string
  readonly fields: ReadonlyArray<FieldDifference>
}

/** How a difference is told: `now` is what it is today, or what it would be. */
export interface Words {
  /** Of a decision that only the recorded course has. */
  readonly missing: string
  /** Of one that only the other course has. */
  readonly added: string
}

export const differingLines = (
  { at, credential, fields, seq, type }: Differing,
  words: Words,
  note: string | undefined,
  paint: Paint
): ReadonlyArray<string> => [
  `  ${paint("strong", String(seq))}  ${[credential, type].filter(Boolean).join("  ")}  ${paint("faint", absolute(at))}`,
  ...fields.flatMap((field) => indented(fieldText(field, words))),
  ...(note === undefined ? [] : indented(note).map((line) => paint("faint", line)))
]

const indented = (text: string): ReadonlyArray<string> => wrap(text, columns - 6).map((line) => `      ${line}`)

const fieldText = ({ field, now, recorded }: FieldDifference, words: Words): string => {
  if (field === "event") return now === undefined ? words.missing : words.added
  return `${field}: ${valueText(recorded)} -> ${valueText(now)}`
}

/** An instant is a number of milliseconds since 1970; no other number in a decision is as large. */
const valueText = (value: unknown): string => {
  if (value === undefined) return "none"
  if (typeof value === "number" && value > 1e11 && value < 8.64e15) return absolute(value)
  return typeof value === "string" ? value : JSON.stringify(value)
}
