/**
 * Where a chain goes on behind damage. A line proves that it follows another by its `h`: so the first line is looked for
 * that follows the last whole one, or one whose own `h` can still be read or taken again. A line that merely looks whole is
 * not enough, and is given up with the rest.
 */
import type { Seq } from "@daybook/pool/Ids"
import { Effect, Result } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { Accepted } from "./Header.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import type { Place } from "./Walk.ts"

/** `next`: what the following segment continues, if this one is not the last. */
export const find = Effect.fnUntraced(function* (
  file: LedgerFile,
  at: Place,
  next: LineFormat.Link | undefined
): Effect.fn.Return<Accepted, LedgerError> {
  const bytes = yield* file.read(at.offset, (yield* file.size) - at.offset)
  const { length, link } = resumption(bytes, at) ?? { length: bytes.length, link: next ?? giveUp(bytes, at) }
  const crc = LineFormat.checksum(bytes.subarray(0, length))
  return { segment: at.segment, offset: at.offset, length, crc, seq: link.seq, h: link.h }
})

interface Resumption {
  /** Bytes to pass over. */
  readonly length: number
  readonly link: LineFormat.Link
}

const resumption = (bytes: Buffer, at: Place): Resumption | undefined => {
  let previous = ""
  for (const { begin, text } of linesIn(bytes)) {
    const seq = (LineFormat.claimedSeq(text) - 1) as Seq
    for (const h of begin === 0 ? [] : [at.h, ...hashesOf(previous, at)]) {
      const isLaterLine = h === at.h ? seq === at.seq : seq > at.seq
      if (isLaterLine && Result.isSuccess(LineFormat.check({ seq, h }, text)))
        return { length: begin, link: { seq, h } }
    }
    previous = text
  }
  return undefined
}

/** What a damaged line's `h` may be: the one that it ends with, and the one that its text would have behind the last whole line. */
const hashesOf = (line: string, at: Place): ReadonlyArray<string> => [
  LineFormat.hashOf(line),
  LineFormat.hashAfter(at.h, line)
]

/**
 * Nothing goes on: the next event comes behind every one that can still be told to have been there. If the last line ends
 * as one does, its `h` is taken: whoever had read it before it was damaged can go on.
 */
const giveUp = (bytes: Buffer, at: Place): LineFormat.Link => {
  const last = Array.from(linesIn(bytes)).at(-1)?.text ?? ""
  if (LineFormat.hasTrailer(last) && LineFormat.claimedSeq(last) > at.seq) {
    return { seq: LineFormat.claimedSeq(last) as Seq, h: LineFormat.hashOf(last) }
  }
  let { seq } = at
  for (const { text } of linesIn(bytes))
    if (LineFormat.hasOwnSum(text)) seq = Math.max(seq, LineFormat.claimedSeq(text)) as Seq
  return { seq, h: at.h }
}

function* linesIn(bytes: Buffer) {
  for (let begin = 0; begin < bytes.length;) {
    const newline = bytes.indexOf(10, begin)
    const end = newline < 0 ? bytes.length : newline
    yield { begin, text: bytes.toString("latin1", begin, Math.min(end, begin + LineFormat.maxBytes)) }
    begin = end + 1
  }
}
