/** Another reader, for comparison: which lines of a ledger continue one another by their sums, from its first line on. */
import * as Lines from "./Lines.ts"

export interface ChainedLine {
  readonly json: unknown
  /** Behind its newline; counted through all files. */
  readonly end: number
}

/** Takes the files in their order. Skips whatever stands between; says nothing of whether that was sealed. */
export const chainedLines = (files: ReadonlyArray<Buffer>): ReadonlyArray<ChainedLine> => {
  const found: Array<ChainedLine> = []
  let previous = ""
  let begin = 0
  for (const bytes of files) {
    let end = begin
    for (const line of bytes.toString("latin1").split("\n").slice(0, -1)) {
      end += line.length + 1
      if (!trailer.test(line) || Lines.closeLine(previous, line.replace(trailer, "")) !== line) continue
      found.push({ json: parse(line), end })
      previous = Lines.hashOf(line)
    }
    begin += bytes.length
  }
  return found
}

const trailer = /,"h":"[\w-]{43}","c":"[0-9a-f]{8}"\}$/

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
