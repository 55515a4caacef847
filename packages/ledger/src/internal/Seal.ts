/**
 * Ending a segment and beginning the next, under the lock. Whatever a crash leaves behind, the live name is there: the
 * next segment is written whole under another name, the old one gets its second name, its last line is written and synced,
 * and one rename puts the next in its place. Whoever finds a segment that has its last line goes on from there.
 */
import type { Draft } from "@daybook/pool/Recorded"
import { Context, Effect, Result } from "effect"
import { createHash } from "node:crypto"
import { dirname } from "node:path"
import { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type { Durability } from "./Durability.ts"
import { compose, type End, textOf } from "./Group.ts"
import type { Accepted, Header } from "./Header.ts"
import * as LedgerFile from "./LedgerFile.ts"
import { chunkBytes } from "./Pages.ts"
import type { Opened, Reader } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import type { Self } from "./Self.ts"
import * as Write from "./Write.ts"

/** A segment that has this many bytes is sealed by its next writer. */
export const SegmentBytes = Context.Reference<number>("@daybook/ledger/internal/Seal/SegmentBytes", {
  defaultValue: () => 64 * 1024 * 1024
})

export interface Seal {
  /** Seals the segment if it is long enough. If the disk refuses, appends go on in it, and it is tried again later. */
  readonly ifLong: Effect.Effect<void>
  /** Seals the segment, whatever its length. */
  readonly now: (accepts: ReadonlyArray<Accepted>) => Effect.Effect<void, LedgerError>
  /** Puts the next segment in the place of one that has its last line. */
  readonly finish: (accepts: ReadonlyArray<Accepted>) => Effect.Effect<void, LedgerError>
}

export const make = Effect.fnUntraced(function* (
  reader: Reader,
  self: Self,
  durability: Durability
): Effect.fn.Return<Seal> {
  const limit = yield* SegmentBytes
  const names = yield* LedgerFile.names
  const folder = dirname(reader.path)
  const next = Segments.nextPath(reader.path)
  let triedAt = 0

  const writeNext = (end: End, header: Header, accepts: ReadonlyArray<Accepted>) => {
    const { lines, outcomes } = compose(end, self.hand(), [], [{ events: [opening(end, header, accepts)] }])
    const refused = outcomes.find(Result.isFailure)?.failure
    return refused?._tag === "TooLarge"
      ? Effect.fail(new LedgerError({ reason: refused }))
      : LedgerFile.writeNew(next, textOf(lines))
  }

  const nameSealed = Effect.fnUntraced(function* ({ file, header }: Opened) {
    const path = Segments.sealedPath(folder, header.first)
    const link = names.link(reader.path, path)
    const linkAgain = Effect.andThen(names.remove(path), link)
    // Only the live file itself can stand for what another name holds.
    const isOld = Effect.flatMap(file.isCurrent, (isLive) => (isLive ? isBeginOf(file, path) : Effect.succeed(false)))
    yield* Effect.catch(link, (error) => Effect.flatMap(isOld, (isOld) => (isOld ? linkAgain : error)))
    // Refused, it is linked again the next time, and so asked for anew.
    yield* names.syncFolder(folder)
  })

  const putInPlace = names
    .rename(next, reader.path)
    .pipe(Effect.andThen(durability.syncFolder), Effect.andThen(reader.catchUpInTurn), Effect.asVoid)

  const finish = Effect.fnUntraced(function* (accepts: ReadonlyArray<Accepted>) {
    const opened = reader.now()
    yield* durability.syncInTurn(opened)
    yield* writeNext({ ...opened.view.place, state: opened.view.state }, opened.header, accepts)
    yield* nameSealed(opened)
    yield* putInPlace
  })

  const now = Effect.fnUntraced(function* (accepts: ReadonlyArray<Accepted>) {
    yield* Write.writePreamble(reader, self)
    const opened = reader.now()
    const { file, header, view } = opened
    const sealing = sealed(header, view.place.offset, yield* hashOf(file, view.place.offset))
    const group = compose({ ...view.place, state: view.state }, self.hand(), [], [{ events: [sealing] }])
    yield* writeNext(group.end, header, accepts)
    yield* nameSealed(opened)
    yield* Write.write(reader, textOf(group.lines), group)
    yield* durability.syncInTurn(reader.now())
    yield* putInPlace
  })

  const ifLong = Effect.suspend(() => {
    const { offset } = reader.now().view.place
    const isShort = offset < Math.max(limit, triedAt + limit / 64)
    if (isShort || durability.refusal() !== undefined) return Effect.void
    triedAt = offset
    return Effect.match(now([]), { onSuccess: () => void (triedAt = 0), onFailure: () => {} })
  })

  return { ifLong, now, finish }
})

const sealed = ({ first }: Header, bytes: number, sha256: string): LineFormat.Prepared =>
  LineFormat.prepare({ type: "SegmentSealed", v: 1, data: { first, bytes, sha256 } })

const opening = ({ h }: End, header: Header, accepts: ReadonlyArray<Accepted>): LineFormat.Prepared => {
  const { check, ledger, lock } = header
  const about = accepts.length === 0 ? {} : { accepts }
  const data = { format: LineFormat.version, ledger, lock, check, continues: h, ...about }
  return LineFormat.prepare({ type: "SegmentOpened", v: 1, data } as Draft)
}

/** SHA-256 over a file's first bytes, as `SegmentSealed` has it. */
export const hashOf = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, size: number) {
  const sum = createHash("sha256")
  for (let read = 0; read < size;) {
    const bytes = yield* file.read(read, Math.min(chunkBytes, size - read))
    if (bytes.length === 0) break
    sum.update(bytes)
    read += bytes.length
    yield* Effect.yieldNow
  }
  return sum.digest("base64url")
})

/**
 * Whether the file under a name is this one, or holds what this one began with, and nothing else: as after a folder was
 * copied in mid-seal, or a crash.
 */
export const isBeginOf = (file: LedgerFile.LedgerFile, path: string): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const named = yield* LedgerFile.open(path, "read")
    const size = yield* named.size
    return size <= (yield* file.size) && (yield* hashOf(file, size)) === (yield* hashOf(named, size))
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => false)
  )

/** Whether it holds the same. */
export const isCopy = (file: LedgerFile.LedgerFile, path: string): Effect.Effect<boolean> =>
  Effect.scoped(Effect.flatMap(LedgerFile.open(path, "read"), (named) => Effect.all([named.size, file.size]))).pipe(
    Effect.flatMap(([named, own]) => (named === own ? isBeginOf(file, path) : Effect.succeed(false))),
    Effect.orElseSucceed(() => false)
  )
