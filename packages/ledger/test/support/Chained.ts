/** Another reader, for comparison: which lines of a file continue one another by their sums, from its first line on. */
import * as Lines from "./Lines.ts"

export interface ChainedLine {
  readonly json: unknown
  /** Behind its newline. */
  readonly end: number
}

/** Skips whatever stands between; says nothing of whether that was sealed. */
export const chainedLines = (bytes: Buffer): ReadonlyArray<ChainedLine> => {
  const found: Array<ChainedLine> = []
  let previous = ""
  let end = 0
  for (const line of bytes.toString("latin1").split("\n").slice(0, -1)) {
    end += line.length + 1
    if (!trailer.test(line) || Lines.closeLine(previous, line.replace(trailer, "")) !== line) continue
    found.push({ json: parse(line), end })
    previous = Lines.hashOf(line)
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
