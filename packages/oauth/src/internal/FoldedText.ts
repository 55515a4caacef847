/**
 * A text with its escapes undone, each character with the place in the text that it came from: so that a value is found
 * however it was written, in time that grows with the length of the text and nothing else.
 */

export interface Folded {
  readonly chars: string
  /** Where in the text each of `chars` begins and ends. */
  readonly starts: ReadonlyArray<number>
  readonly ends: ReadonlyArray<number>
}

/** Percent-encoded bytes, `\u` escapes, runs of backslashes, each also escaped again; else one character. */
const piece = /(?:%(?:25)*[0-9a-f]{2})+|\\+(?:u[0-9a-f]{4})?|[^]/giuy

/** What one round undoes may be an escape again. */
const mostRounds = 4

export const fold = (text: string): Folded => {
  let folded = foldOnce(text)
  for (let round = 1; round < mostRounds; round++) {
    const before = folded
    const next = foldOnce(before.chars)
    if (next.chars === before.chars) break
    folded = {
      chars: next.chars,
      starts: next.starts.map((at) => before.starts[at] ?? 0),
      ends: next.ends.map((at) => before.ends[at - 1] ?? 0)
    }
  }
  return folded
}

const foldOnce = (text: string): Folded => {
  const starts: Array<number> = []
  const ends: Array<number> = []
  let chars = ""
  const add = (char: string, start: number, end: number) => {
    const plain = plainOf(char)
    chars += plain
    for (let unit = 0; unit < plain.length; unit++) {
      starts.push(start)
      ends.push(end)
    }
  }
  const scan = new RegExp(piece)
  for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
    const [written] = match
    if (written.startsWith("%") && written.length > 1) addBytes(written, match.index, add)
    else if (written.startsWith("\\")) addEscape(written, match.index, add)
    else add(written, match.index, scan.lastIndex)
  }
  return { chars, starts, ends }
}

export const foldedText = (text: string): string => fold(text).chars

/**
 * Letters in one case; a blank and a plus alike, as forms write them; control characters as the letters that JSON
 * escapes them by.
 */
const plainOf = (char: string): string => control[char] ?? (char === "+" ? " " : char.toLowerCase())

const control: Readonly<Record<string, string>> = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" }

type Add = (char: string, start: number, end: number) => void

/** Backslashes say nothing by themselves: what is compared has none. */
const addEscape = (written: string, start: number, add: Add): void => {
  const unit = /u([0-9a-f]{4})$/i.exec(written)?.[1]
  if (unit !== undefined) add(String.fromCharCode(Number.parseInt(unit, 16)), start, start + written.length)
}

/** A character of several bytes ends where its last byte does. */
const addBytes = (written: string, start: number, add: Add): void => {
  const bytes = Array.from(written.matchAll(/%(?:25)*([0-9a-f]{2})/gi), (match) => ({
    byte: Number.parseInt(match[1] ?? "", 16),
    start: start + match.index,
    end: start + match.index + match[0].length
  }))
  let at = 0
  for (const char of new TextDecoder().decode(Uint8Array.from(bytes, ({ byte }) => byte))) {
    const length = char === "\uFFFD" ? 1 : new TextEncoder().encode(char).length
    const first = bytes[at]
    const last = bytes[Math.min(at + length, bytes.length) - 1]
    if (first !== undefined && last !== undefined && char !== "\\") add(char, first.start, last.end)
    at += length
  }
}
