/**
 * Lines of a ledger, as bytes that come in pieces. Who sends them has checked their sums; here they are only cut off. Each line
 * becomes a text of its own: an event keeps the text it was read from in memory, and should not keep its neighbours.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import { readAgain } from "@daybook/pool/RecordedText"
import { Result } from "effect"
import type { Range, Source } from "../Source.ts"
import { unreadable } from "./SourceError.ts"

/** Hands over lines too, for those who look for words in them. */
export interface LineSource extends Source {
  readonly lines: (range: Range, take: (line: string) => void) => Promise<void>
}

/** `,"h":"` with 43 characters, `","c":"` with 8, and `"}`. */
const trailer = /,"h":"[\w-]{43}","c":"[0-9a-f]{8}"\}$/

/** Fails with a `SourceError`. */
export const eventIn = (line: string): Recorded => {
  const end = line.search(trailer)
  const event = end < 0 ? Result.fail("it does not end as a line does") : readAgain(line.slice(0, end))
  if (Result.isSuccess(event)) return event.success
  throw unreadable(`${nameOf(line)} cannot be read: ${event.failure}. Check the ledger with \`daybook verify\`.`)
}

const nameOf = (line: string): string => {
  const seq = /^\{"seq":(\d{1,15}),/.exec(line)?.[1]
  return seq === undefined ? "A line that names no event" : `Event ${seq}`
}

const newline = 10

/** Cuts bytes into lines. */
export class LineCutter {
  readonly #decoder = new TextDecoder()
  readonly #take: (line: string) => void
  #rest = new Uint8Array(0)

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  write(bytes: Uint8Array): void {
    let begin = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, begin)) {
      this.#line(bytes.subarray(begin, end))
      begin = end + 1
    }
    this.#rest = joined(this.#rest, bytes.subarray(begin))
  }

  /** Whether nothing is left that no newline ended. */
  get isDone(): boolean {
    return this.#rest.length === 0
  }

  #line(bytes: Uint8Array): void {
    const whole = joined(this.#rest, bytes)
    this.#rest = new Uint8Array(0)
    if (whole.length > 0) this.#take(this.#decoder.decode(whole))
  }
}

const joined = (before: Uint8Array, after: Uint8Array): Uint8Array<ArrayBuffer> => {
  const both = new Uint8Array(before.length + after.length)
  both.set(before)
  both.set(after, before.length)
  return both
}
