/** A file of recorded answers, held against what this version concludes from them. */
import { check, type Checked, readRow } from "@daybook/oauth/Corpus"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { Result } from "effect"

export interface CheckedFile {
  readonly path: string
  /** Lines that could be read as a recorded answer. */
  readonly rows: number
  readonly wrong: ReadonlyArray<Numbered & Checked>
  readonly unusable: ReadonlyArray<Numbered & { readonly why: string }>
}

export interface Numbered {
  /** Counted from 1. */
  readonly line: number
}

/** Blank lines are passed over. A provider that nobody has defined is judged by the common rules. */
export const checkText = (path: string, text: string): CheckedFile => {
  const lines = text
    .split("\n")
    .map((text, index) => ({ line: index + 1, text }))
    .filter(({ text }) => text.trim() !== "")
  const read = lines.map(({ line, text }) => ({ line, row: readRow(text) }))
  const checked = read.flatMap(({ line, row }) =>
    Result.isSuccess(row) ? [{ line, ...check(row.success, providerOf(row.success.provider)) }] : []
  )
  return {
    path,
    rows: checked.length,
    wrong: checked.filter(({ mismatches }) => mismatches.length > 0),
    unusable: read.flatMap(({ line, row }) => (Result.isFailure(row) ? [{ line, why: row.failure }] : []))
  }
}

const providerOf = (id: string) => defaultProviders.find((provider) => provider.id === id) ?? undefinedProvider
