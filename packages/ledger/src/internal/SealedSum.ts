/** A sealed segment judged as a whole: by the SHA-256 in its last line, which continues the line before it. */
import type { Seq } from "@daybook/pool/Ids"
import { Effect, Result } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { hashOf } from "./Seal.ts"
import type { Place } from "./Walk.ts"

/** The end of the segment; none if it has no such line, or its bytes are not those that were sealed. */
export const check = Effect.fnUntraced(function* (
  file: LedgerFile,
  begin: Place
): Effect.fn.Return<Place | undefined, LedgerError> {
  const size = yield* file.size
  const from = Math.max(0, size - 2 * LineFormat.maxBytes)
  const [before = "", last = "", rest] = (yield* file.read(from, size - from)).toString("latin1").split("\n").slice(-3)
  const line = LineFormat.check({ seq: (LineFormat.claimedSeq(last) - 1) as Seq, h: LineFormat.hashOf(before) }, last)
  if (rest !== "" || Result.isFailure(line)) return undefined
  const { event, h } = line.success
  const offset = size - last.length - 1
  if (event.type !== "SegmentSealed" || event.data.bytes !== offset || event.data.first !== begin.segment)
    return undefined
  if ((yield* hashOf(file, offset)) !== event.data.sha256) return undefined
  return { segment: begin.segment, offset: size, line: 0, seq: event.seq, h, isSealed: true }
})
