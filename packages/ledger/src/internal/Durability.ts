/**
 * Making what was written durable, and what to do when the disk refuses. A failed sync may have thrown away what the
 * system had kept for the disk, and says so only once: so it is not asked again. The bytes since the last sync are
 * written once more where they stand, and another descriptor is asked. If that fails too, nothing is durable any more.
 */
import { Effect } from "effect"
import { LedgerError, Unavailable } from "../LedgerError.ts"
import * as LedgerFile from "./LedgerFile.ts"
import { chunkBytes, damaged, type Opened, type Reader } from "./Reader.ts"
import { type Place, start, walk } from "./Walk.ts"
import type { WriterLock } from "./WriterLock.ts"

/** Syncs a file, and remembers how far. */
export const make = (reader: Reader, lock: WriterLock) => {
  let synced: { readonly file: LedgerFile.LedgerFile; readonly place: Place } | undefined

  const rewrite = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, fresh: LedgerFile.LedgerFile) {
    const opened = yield* reader.catchUpInTurn
    if (opened.file !== file) return yield* replaced(file.path)
    yield* writeAgain(opened, synced?.file === file ? synced.place : start, fresh)
    return opened
  })

  const recover = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile) {
    const fresh = yield* LedgerFile.open(file.path, "overwrite")
    const opened = yield* lock.hold(reader.inTurn(rewrite(file, fresh)))
    yield* fresh.sync
    return opened
  }, Effect.scoped)

  return Effect.fnUntraced(function* (file: LedgerFile.LedgerFile): Effect.fn.Return<void, LedgerError> {
    const before = reader.now()
    const opened = yield* file.sync.pipe(
      Effect.as(before),
      Effect.catch(() => recover(file))
    )
    if (opened.file === file) synced = { file, place: opened.view.place }
  })
}

/** Checks the bytes from a place to the end of what we know, and writes them again as they are. */
const writeAgain = Effect.fnUntraced(function* ({ file, view }: Opened, from: Place, into: LedgerFile.LedgerFile) {
  let place = from
  while (place.offset < view.place.offset) {
    const bytes = yield* file.read(place.offset, Math.min(view.place.offset - place.offset, chunkBytes))
    const next = walk(bytes, place, false).place
    if (next.offset === place.offset) return yield* lost(file.path, place)
    yield* into.overwrite(place.offset, bytes.subarray(0, next.offset - place.offset))
    place = next
  }
  if (place.h !== view.place.h) return yield* lost(file.path, place)
})

const lost = (path: string, { line, offset }: Place) =>
  damaged(path, { line: line + 1, offset, why: "the disk lost what was written here" })

const replaced = (path: string) =>
  new LedgerError({ reason: new Unavailable({ operation: "sync", path, code: "replaced by another file" }) })
