/** The words and signs of a condition, each with the column it begins in. */
import { Result } from "effect"

export interface Token {
  readonly _tag: "Sign" | "Word" | "Quoted" | "End"
  readonly text: string
  /** From 1. */
  readonly column: number
}

/** What is wrong with a condition, and where. */
export interface Flaw {
  readonly column: number
  readonly says: string
  /** What was typed that nobody knows, and what would be known there. */
  readonly unknown?: { readonly typed: string; readonly known: ReadonlyArray<string> }
}

const pattern = /\s*(?:(&&|\|\||==|!=|<=|>=|[<>!()])|"([^"]*)"|'([^']*)'|([\w.:@/+%-]+)|(\S)|$)/y

export const tokens = (text: string): Result.Result<ReadonlyArray<Token>, Flaw> => {
  const found: Array<Token> = []
  pattern.lastIndex = 0
  while (true) {
    const [whole = "", sign, double, single, word, stray] = pattern.exec(text) ?? []
    const column = pattern.lastIndex - whole.trimStart().length + 1
    if (stray !== undefined) return Result.fail({ column, says: strays[stray] ?? `${stray} means nothing here` })
    const quoted = double ?? single
    if (sign !== undefined) found.push({ _tag: "Sign", text: sign, column })
    else if (quoted !== undefined) found.push({ _tag: "Quoted", text: quoted, column })
    else if (word !== undefined) found.push({ _tag: "Word", text: word, column })
    else return Result.succeed([...found, { _tag: "End", text: "", column: text.trimEnd().length + 1 }])
  }
}

const strays: Readonly<Record<string, string>> = {
  "=": "write == for equal",
  "&": "write && for and",
  "|": "write || for or",
  '"': "the quotation is not closed",
  "'": "the quotation is not closed"
}
