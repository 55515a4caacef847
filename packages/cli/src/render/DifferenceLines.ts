/** Decisions that differ, for people: which event, and each field as it was recorded and as it comes out. */
import type { FieldDifference } from "@daybook/pool/replay/Difference"
import type { Paint } from "./Paint.ts"
import { type DifferenceWords, fieldText } from "@daybook/words/DifferenceWords"
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

export const differingLines = (
  { at, credential, fields, seq, type }: Differing,
  words: DifferenceWords,
  note: string | undefined,
  paint: Paint
): ReadonlyArray<string> => [
  `  ${paint("strong", String(seq))}  ${[credential, type].filter(Boolean).join("  ")}  ${paint("faint", absolute(at))}`,
  ...fields.flatMap((field) => indented(fieldText(field, words))),
  ...(note === undefined ? [] : indented(note).map((line) => paint("faint", line)))
]

const indented = (text: string): ReadonlyArray<string> => wrap(text, columns - 6).map((line) => `      ${line}`)
