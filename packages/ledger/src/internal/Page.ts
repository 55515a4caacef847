/** A page of events, wherever in the ledger: out of the segment that the reader holds open, or an older one. */
import { Effect } from "effect"
import { dirname } from "node:path"
import type { LedgerError } from "../LedgerError.ts"
import * as Accepted from "./Accepted.ts"
import type * as LedgerFile from "./LedgerFile.ts"
import { type Source, walkOn } from "./Pages.ts"
import { damaged, type Opened, past, type Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import { judgedIn } from "./View.ts"
import { nothingBehind, type Options, type Place, startAfter, type Walked } from "./Walk.ts"

/** A place, and in which opening of the ledger it is one. */
export interface Spot {
  readonly place: Place
  readonly opening: number
}

export interface PageOptions extends Pick<Options, "stop"> {
  /** Something looked wrong here: what was checked before is checked again. */
  readonly isInDoubt?: boolean
}

/**
 * Reads a page behind a place; what this process has not checked before, it checks now. None if another ledger has taken
 * the place of the one that was open.
 */
export const readPage = Effect.fnUntraced(function* (
  reader: Reader,
  { opening, place: from }: Spot,
  options: PageOptions = {}
): Effect.fn.Return<Walked | undefined, LedgerError> {
  const opened = reader.now()
  if (opened.opening !== opening) return undefined
  if (from.isSealed) return nothingBehind(startAfter(from))
  const { file, view } = opened
  if (from.segment !== view.place.segment) return yield* Effect.scoped(readOlder(reader.path, opened, from, options))
  return yield* walkThrough(reader.path, opened, { file, size: view.place.offset, isWhole: false }, from, options).pipe(
    // Whoever moved the reader on meanwhile has closed the file.
    Effect.catch((error) =>
      reader.now().file === file ? Effect.fail(error) : readPage(reader, { opening, place: from }, options)
    )
  )
})

const readOlder = Effect.fnUntraced(function* (live: string, opened: Opened, from: Place, options: PageOptions) {
  const file = yield* Segments.fileOf(dirname(live), from.segment)
  return yield* walkThrough(live, opened, { file, size: yield* file.size, isWhole: true }, from, options)
})

const walkThrough = Effect.fnUntraced(function* (
  live: string,
  { view }: Opened,
  { file, ...part }: Omit<Source, "read"> & { readonly file: LedgerFile.LedgerFile },
  from: Place,
  { isInDoubt = false, stop }: PageOptions
) {
  const before = judgedIn(view, from.segment)
  const judged = isInDoubt ? { ...before, below: 0 } : before
  const walked = yield* walkOn({ read: file.read, ...part }, from, { judged, stop })
  const isStuck = walked.place === from && !walked.isStopped
  // What is wrong behind the last event that can be read is found by the next page.
  if (!isStuck) return walked
  const accepted = yield* Accepted.find(live, file, walked.place)
  if (accepted !== undefined) return past(walked, accepted)
  const gone = { line: from.line + 1, offset: from.offset, why: "what stood here before is gone" }
  return yield* damaged(file.path, walked.ending._tag === "Damaged" ? walked.ending.damage : gone)
})
