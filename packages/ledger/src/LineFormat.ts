/**
 * One line of a ledger: strict JSON in ASCII, closed by two sums over what stands before them. `h` continues the line
 * before: unpadded base64url SHA-256 over its `h` (nothing before the first line) and this line's bytes up to `,"h":`.
 * `c` makes one line checkable alone: CRC-32 over the bytes up to `,"c":`. Every byte of a line is under a check.
 */
import { type ActorId, EventId, type Seq } from "@daybook/pool/Ids"
import { format as formatInstant, type Instant } from "@daybook/pool/Instant"
import "./internal/CompiledSchemas.ts"
import { type Draft, encodeDraft, type Recorded } from "@daybook/pool/Recorded"
import * as RecordedText from "@daybook/pool/RecordedText"
import { Result } from "effect"
import { hash } from "node:crypto"
import { crc32 } from "node:zlib"
import { crcStart, hashOf, hashStart, maxBytes } from "./internal/LineEnds.ts"

export { hashOf, maxBytes, trailerBytes } from "./internal/LineEnds.ts"

/** Version of the format; a reader refuses a higher one. */
export const version = 1

/** What a ledger adds to an event. */
export interface Stamp {
  readonly seq: Seq
  readonly at: Instant
  readonly id: EventId
  readonly actor: ActorId
}

/** A line without its newline, its `h`, and the event it holds. */
export interface Line {
  readonly text: string
  readonly h: string
  readonly event: Recorded
}

/** Where the chain stands: `seq` and `h` of the last line. */
export interface Link {
  readonly seq: Seq
  readonly h: string
}

/** What is wrong with a line, the first that was found. */
export type Flaw =
  | { readonly _tag: "NotALine" }
  | { readonly _tag: "BadCrc" }
  | { readonly _tag: "Gap"; readonly expected: number; readonly found: number }
  | { readonly _tag: "BrokenChain" }
  | { readonly _tag: "NotAnEvent"; readonly why: string }

const fixedParts = [
  { part: ',"h":"', fromEnd: hashStart },
  { part: '","c":"', fromEnd: crcStart + 1 },
  { part: '"}', fromEnd: 2 }
]

/** An event on its way: all of its line that does not depend on its place. */
export interface Prepared {
  readonly id: EventId | undefined
  readonly text: string
}

/** Throws if the draft is not what its type says. */
export const prepare = (draft: Draft): Prepared => {
  const { cause, correlation, id } = draft
  for (const given of [cause, correlation, id]) if (given !== undefined) EventId.make(given)
  const { credential, data, type, v } = encodeDraft(draft)
  return { id, text: ascii(JSON.stringify({ type, v, credential, cause, correlation, data })).slice(1, -1) }
}

export const render = (previous: string, { actor, at, id, seq }: Stamp, { text: rest }: Prepared): Line => {
  const body = `{"seq":${seq},"at":"${formatInstant(at)}","id":"${id}","actor":"${actor}",${rest}`
  const h = chain(previous, body)
  const hashed = `${body},"h":"${h}"`
  const text = `${hashed},"c":"${checksum(hashed)}"}`
  return { text, h, event: Result.getOrThrow(RecordedText.read(body)) }
}

const ascii = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** CRC-32 as zlib has it, eight hex digits in lower case. */
export const checksum = (bytes: string | Uint8Array): string => crc32(bytes).toString(16).padStart(8, "0")

const chain = (previous: string, body: string): string => hash("sha256", previous + body, "base64url")

/** Checks every byte of a line (read as Latin-1, without its newline) as the one that follows `previous`. */
export const check = (previous: Link, text: string): Result.Result<Line, Flaw> =>
  checkBy(previous, text, RecordedText.read)

/** The same for a line whose event this version has read before, when a snapshot was made. */
export const checkAgain = (previous: Link, text: string): Result.Result<Line, Flaw> =>
  checkBy(previous, text, RecordedText.readAgain)

const checkBy = (previous: Link, text: string, readBody: typeof RecordedText.read): Result.Result<Line, Flaw> => {
  if (text.length >= maxBytes || !hasTrailer(text)) return Result.fail({ _tag: "NotALine" })
  if (!hasOwnSum(text)) return Result.fail({ _tag: "BadCrc" })
  const gap = findGap(previous, text)
  if (gap !== undefined) return Result.fail(gap)
  if (chain(previous.h, text.slice(0, -hashStart)) !== hashOf(text)) return Result.fail({ _tag: "BrokenChain" })
  return Result.filterOrFail(
    read(text, readBody),
    // JSON would take a number that is written otherwise, and the last of several keys of one name.
    ({ event }) => event.seq === previous.seq + 1 && text.startsWith(`{"seq":${event.seq},"`),
    (): Flaw => ({ _tag: "NotALine" })
  )
}

const findGap = ({ seq }: Link, text: string): Flaw | undefined => {
  const found = /^\{"seq":([0-9]+),/.exec(text)?.[1]
  const expected = seq + 1
  return found === undefined || found === `${expected}` ? undefined : { _tag: "Gap", expected, found: Number(found) }
}

/** The `seq` that a line begins with, whatever its sums say; 0 if it begins otherwise. */
export const claimedSeq = (text: string): number => Number(/^\{"seq":(\d{1,15}),/.exec(text)?.[1] ?? 0)

/** The `h` of a line behind another, taken over its text again, whatever it ends with. */
export const hashAfter = (previous: string, text: string): string => chain(previous, text.slice(0, -hashStart))

/** Whether the text ends as a line does, and its own checksum is right. */
export const hasOwnSum = (text: string): boolean =>
  hasTrailer(text) && checksum(text.slice(0, -crcStart)) === text.slice(-10, -2)

/** Reads a line that was checked and read before. */
export const open = (text: string): Result.Result<Line, Flaw> => read(text, RecordedText.readAgain)

const read = (text: string, readBody: typeof RecordedText.read): Result.Result<Line, Flaw> => {
  const event = readBody(text.slice(0, -hashStart))
  return Result.isSuccess(event)
    ? Result.succeed({ text, h: hashOf(text), event: event.success })
    : Result.fail({ _tag: "NotAnEvent", why: event.failure })
}

/** Whether the text ends as a line of this version ends. */
export const hasTrailer = (text: string): boolean =>
  fixedParts.every(({ fromEnd, part }) => text.startsWith(part, text.length - fromEnd))

/** Whether the text ends nearly so: it was a whole line before some of its bytes were changed. */
export const resemblesLine = (text: string): boolean =>
  fixedParts.flatMap(({ fromEnd, part }) => mismatches(part, text.slice(-fromEnd))).length <= 3

const mismatches = (part: string, text: string): ReadonlyArray<string> =>
  Array.from(part).filter((character, index) => text[index] !== character)

export const explain = (flaw: Flaw): string => {
  switch (flaw._tag) {
    case "NotALine":
      return "this is not a line of a ledger"
    case "BadCrc":
      return "its bytes do not match their checksum"
    case "Gap":
      return `event ${flaw.expected} should stand here and event ${flaw.found} does`
    case "BrokenChain":
      return "it does not continue the line before it"
    case "NotAnEvent":
      return `it cannot be read as an event (${flaw.why})`
  }
}
