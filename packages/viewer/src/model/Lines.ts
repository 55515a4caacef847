/**
 * Lines of a ledger, as bytes that come in pieces. Who sends them has checked their sums; here they are only cut off. Each line
 * becomes a text of its own: an event keeps the text it was read from in memory, and should not keep its neighbours.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import { read, readAgain } from "@daybook/pool/RecordedText"
import { Result } from "effect"
import type { Range, Source } from "../Source.ts"
import { unreadable } from "./SourceError.ts"

/** Hands over lines too, for those who look for words in them. */
export interface LineSource extends Source {
  readonly lines: (range: Range, take: (line: string) => void) => Promise<void>
}

/** Characters of `,"h":"` with 43 more, `","c":"` with 8, and `"}`. */
const trailerLength = 66

/**
 * Fails with a `SourceError`. `isKnown`: whoever sends it has read it before, and no event of the ledger was unknown;
 * then it is not judged again.
 */
export const eventIn = (line: string, isKnown = false): Recorded => {
  const end = line.length - trailerLength
  const readText = isKnown ? readAgain : read
  const event = line.startsWith(',"h":"', end) ? readText(line.slice(0, end)) : Result.fail("it has another end")
  if (Result.isSuccess(event)) return event.success
  throw unreadable(`${nameOf(line)} cannot be read: ${event.failure}. Check the ledger with \`daybook verify\`.`)
}

const nameOf = (line: string): string => {
  const seq = /^\{"seq":(\d{1,15}),/.exec(line)?.[1]
  return seq === undefined ? "A line that names no event" : `Event ${seq}`
}

const newline = 10
const nothing = new Uint8Array(0)

/** Cuts bytes into lines. */
export class LineCutter {
  readonly #decoder = new TextDecoder()
  readonly #take: (line: string) => void
  #rest: Uint8Array = nothing

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  write(bytes: Uint8Array): void {
    let begin = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, begin)) {
      this.#line(bytes.subarray(begin, end))
      begin = end + 1
    }
    this.#rest = joined(this.#rest, bytes.slice(begin))
  }

  /** Whether nothing is left that no newline ended. */
  get isDone(): boolean {
    return this.#rest.length === 0
  }

  #line(bytes: Uint8Array): void {
    const whole = joined(this.#rest, bytes)
    this.#rest = nothing
    if (whole.length > 0) this.#take(this.#decoder.decode(whole))
  }
}

const joined = (before: Uint8Array, after: Uint8Array): Uint8Array => {
  if (before.length === 0) return after
  const both = new Uint8Array(before.length + after.length)
  both.set(before)
  both.set(after, before.length)
  return both
}
