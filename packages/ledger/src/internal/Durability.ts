/**
 * Making what was written durable, and what to do when the disk refuses. A failed sync may have thrown away what the
 * system had kept for the disk, and says so only once: so it is not asked again. The bytes since the last sync are
 * written once more where they stand, and another descriptor is asked. If that fails too, nothing is durable any more
 * here, and the bytes are written a last time, so that whoever syncs next, in another process, syncs them too.
 */
import { Effect } from "effect"
import { dirname } from "node:path"
import { LedgerError, type LedgerReason, Unavailable, replaced as replacedFile } from "../LedgerError.ts"
import * as Header from "./Header.ts"
import * as LedgerFile from "./LedgerFile.ts"
import { walkOn } from "./Pages.ts"
import { damaged, type Opened, type Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import { judgedIn } from "./View.ts"
import { type Place, startAfter } from "./Walk.ts"
import type { WriterLock } from "./WriterLock.ts"

export interface Durability {
  /** Syncs the segment as far as it was read or written then. Afterwards its bytes are durable, and those of older segments. */
  readonly sync: (opened: Opened) => Effect.Effect<void, LedgerError>
  /** The same, for somebody who holds the lock and the turn. */
  readonly syncInTurn: (opened: Opened) => Effect.Effect<void, LedgerError>
  /** Makes the names of the segments durable. */
  readonly syncFolder: Effect.Effect<void, LedgerError>
  /** Why nothing can be made durable any more. */
  readonly refusal: () => LedgerReason | undefined
}

export const make = Effect.fnUntraced(function* (reader: Reader, lock: WriterLock): Effect.fn.Return<Durability> {
  const names = yield* LedgerFile.names
  let synced: Opened | undefined
  let refusal: LedgerReason | undefined

  /** Whoever began the next segment had synced this one. */
  const hasMovedOn = (opened: Opened, now: Opened) => now.opening === opened.opening && now.file !== opened.file

  /** In a segment that was sealed since: who sealed it may have asked the system after us, and was told that all is well. */
  const rewrite = Effect.fnUntraced(function* (opened: Opened) {
    const now = yield* reader.catchUpInTurn
    if (now.opening !== opened.opening) return yield* replaced(reader.path)
    const isSealed = hasMovedOn(opened, now)
    const written = isSealed ? opened : now
    const sealed = Segments.sealedPath(dirname(reader.path), written.header.first)
    const fresh = yield* LedgerFile.open(isSealed ? sealed : reader.path, "overwrite")
    const last = synced?.file === written.file ? synced.view.place : startAfter(Header.linkBefore(written.header))
    const write = writeAgain(fresh, written, last)
    yield* write
    return { written, write, sync: fresh.sync }
  })

  const recover = Effect.fnUntraced(function* (opened: Opened, hold: Hold) {
    const { sync, write, written } = yield* hold(rewrite(opened))
    // For us it is over; but then others, whom the system tells nothing of it, must find the bytes unsynced.
    yield* Effect.tapError(sync, () => Effect.ignore(hold(write)))
    return written
  }, Effect.scoped)

  const refuse = ({ reason }: LedgerError) => Effect.sync(() => (refusal = reason))

  /** Refused once, it is not asked again either. */
  const syncFolder = names
    .syncFolder(dirname(reader.path))
    .pipe(Effect.tapError((error) => (isUnasked(error) ? Effect.void : refuse(error))))

  /** A file whose name is not durable is not durable either. */
  const syncName = ({ file }: Opened) => (synced?.file === file ? Effect.void : syncFolder)

  const syncBy = (hold: Hold) =>
    Effect.fnUntraced(function* (opened: Opened): Effect.fn.Return<void, LedgerError> {
      if (refusal !== undefined) return yield* new LedgerError({ reason: refusal })
      if (hasMovedOn(opened, reader.now())) return
      yield* syncName(opened)
      // What others write meanwhile may be synced too, and need not be counted.
      synced = yield* Effect.as(opened.file.sync, opened).pipe(
        Effect.catch(() => recover(opened, hold)),
        Effect.tapError(refuse)
      )
    })

  return {
    sync: syncBy((rewriting) => lock.hold(reader.inTurn(rewriting))),
    syncInTurn: syncBy((rewriting) => rewriting),
    syncFolder,
    refusal: () => refusal
  }
})

type Hold = <A, R>(rewriting: Effect.Effect<A, LedgerError, R>) => Effect.Effect<A, LedgerError, R>

/** Checks the bytes from a place to the end of what we know, and writes them again as they are. */
const writeAgain = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, { view }: Opened, from: Place) {
  const { junk } = judgedIn(view, from.segment)
  let place = from
  while (place.offset < view.place.offset) {
    let bytes: Buffer = Buffer.alloc(0)
    const read = (position: number, length: number) => Effect.map(file.read(position, length), (read) => (bytes = read))
    const source = { read, size: view.place.offset, isWhole: false }
    const next = (yield* walkOn(source, place, { judged: { from: 0, below: 0, junk, isRead: false } })).place
    if (next.offset === place.offset) return yield* lost(file.path, place)
    yield* file.overwrite(place.offset, bytes.subarray(0, next.offset - place.offset))
    place = next
  }
  if (place.h !== view.place.h) return yield* lost(file.path, place)
})

const lost = (path: string, { line, offset }: Place) =>
  damaged(path, { line: line + 1, offset, why: "the disk lost what was written here" })

/** The folder could not even be opened, so that the disk has refused nothing. */
const isUnasked = ({ reason }: LedgerError): boolean =>
  reason._tag === "Missing" || (reason._tag === "Unavailable" && ["EMFILE", "ENFILE"].includes(reason.code))

const replaced = (path: string) =>
  new LedgerError({ reason: new Unavailable({ operation: "sync", path, code: replacedFile }) })
