/** A page of events, wherever in the ledger: out of the segment that the reader holds open, or an older one. */
import { Effect } from "effect"
import { dirname } from "node:path"
import { LedgerError, MissingSegment } from "../LedgerError.ts"
import * as Accepted from "./Accepted.ts"
import * as LedgerFile from "./LedgerFile.ts"
import { type Source, walkOn } from "./Pages.ts"
import { damaged, past, type Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import { judgedIn } from "./View.ts"
import { nothingBehind, type Options, type Place, startAfter, type Walked } from "./Walk.ts"

/** Reads a page behind a place; what this process has not checked before, it checks now. */
export const readPage = Effect.fnUntraced(function* (
  reader: Reader,
  from: Place,
  stop?: Options["stop"]
): Effect.fn.Return<Walked, LedgerError> {
  if (from.isSealed) return nothingBehind(startAfter(from))
  const { file, view } = reader.now()
  if (from.segment !== view.place.segment) return yield* Effect.scoped(readOlder(reader, from, stop))
  return yield* walkThrough(reader, file, view.place.offset, from, stop)
})

const readOlder = Effect.fnUntraced(function* (reader: Reader, from: Place, stop: Options["stop"]) {
  const path = Segments.sealedPath(dirname(reader.path), from.segment)
  const file = yield* LedgerFile.open(path, "read").pipe(
    Effect.catchReason("LedgerError", "Missing", () =>
      Effect.fail(new LedgerError({ reason: new MissingSegment({ path, first: from.segment }) }))
    )
  )
  return yield* walkThrough(reader, file, yield* file.size, from, stop)
})

const walkThrough = Effect.fnUntraced(function* (
  reader: Reader,
  file: LedgerFile.LedgerFile,
  size: number,
  from: Place,
  stop: Options["stop"]
) {
  const source: Source = { read: file.read, size, isWhole: false }
  const walked = yield* walkOn(source, from, { judged: judgedIn(reader.now().view, from.segment), stop })
  const isStuck = walked.place === from && !walked.isStopped
  if (walked.ending._tag === "Whole" && !isStuck) return walked
  const accepted = yield* Accepted.find(reader.path, file, walked.place)
  if (accepted !== undefined) return past(walked, accepted)
  const gone = { line: from.line + 1, offset: from.offset, why: "what stood here before is gone" }
  return yield* damaged(file.path, walked.ending._tag === "Damaged" ? walked.ending.damage : gone)
})
