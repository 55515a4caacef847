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

/** Cuts bytes into lines. They may stand in a buffer that is written over later. */
export class LineCutter {
  readonly #decoder = new TextDecoder()
  readonly #take: (line: string) => void
  /** Of a line that has begun. */
  #rest = ""

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  /** Lines that are decoded one by one take memory outside of the heap, of which browsers have a lot before they collect it. */
  write(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true })
    let begin = 0
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", begin)) {
      this.#line(ownText(text, begin, end))
      begin = end + 1
    }
    this.#rest += ownText(text, begin)
  }

  /** Whether nothing is left that no newline ended. */
  get isDone(): boolean {
    return this.#rest === ""
  }

  #line(end: string): void {
    const whole = this.#rest + end
    this.#rest = ""
    if (whole !== "") this.#take(whole)
  }
}

/**
 * A part of a text keeps the whole in memory, in the engines there are. Put together of two parts it is a text of its own,
 * as soon as one looks into it.
 */
export const ownText = (text: string, begin = 0, end = text.length): string => {
  const middle = Math.min(begin + 1, end)
  const own = text.slice(begin, middle) + text.slice(middle, end)
  return own.charCodeAt(0) === text.charCodeAt(begin) ? own : ""
}
