/**
 * Damage that an operator has accepted: the first line of a later segment names its bytes, and where the chain goes on
 * behind them. It is looked up only where a reader comes upon damage.
 */
import { Effect } from "effect"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"
import type { LedgerError } from "../LedgerError.ts"
import type { Accepted } from "./Header.ts"
import type { LedgerFile } from "./LedgerFile.ts"
import { chunkBytes } from "./Pages.ts"
import * as Segments from "./Segments.ts"
import type { Junk, Place } from "./Walk.ts"

/** The accepted damage that begins where a reader stopped, if these are the very bytes. */
export const find = Effect.fnUntraced(function* (
  live: string,
  file: LedgerFile,
  at: Place,
  others: ReadonlyArray<Accepted> = []
): Effect.fn.Return<Junk | undefined, LedgerError> {
  const accepted = [...others, ...(yield* all(live))].find((it) => it.segment === at.segment && it.offset === at.offset)
  // A segment that lost its end at the end of a line: the sum of nothing is always right.
  if (accepted === undefined || (accepted.length === 0 && at.offset < (yield* file.size))) return undefined
  const sum = yield* sumOf(file, accepted.offset, accepted.length)
  return sum.crc === accepted.crc ? yield* junkOf(live, file, at, accepted) : undefined
})

/** What the segments that are here accept. */
export const all = (live: string): Effect.Effect<ReadonlyArray<Accepted>, LedgerError> =>
  Effect.map(Segments.listSealed(dirname(live)), (sealed) => [...sealed.map(({ path }) => path), live]).pipe(
    Effect.flatMap((paths) => Effect.forEach(paths, acceptedBy)),
    Effect.map((lists) => lists.flat())
  )

/** A segment whose first line cannot be read accepts nothing. */
const acceptedBy = (path: string): Effect.Effect<ReadonlyArray<Accepted>> =>
  Effect.scoped(Segments.openAt(path, "read")).pipe(
    Effect.map(({ header }) => header.accepts),
    Effect.orElseSucceed(() => [])
  )

/** What a reader passes over, and where it is then. */
export const junkOf = Effect.fnUntraced(function* (
  live: string,
  file: LedgerFile,
  at: Place,
  { h, length, seq }: Accepted
): Effect.fn.Return<Junk, LedgerError> {
  const { lines } = yield* sumOf(file, at.offset, length)
  const end = at.offset + length
  const isSealed = file.path !== live && end >= (yield* file.size)
  const resumes: Place = { segment: at.segment, offset: end, line: at.line + lines, seq, h, isSealed }
  return { segment: at.segment, line: at.line + 1, lines, offset: at.offset, length, resumes }
})

/** CRC-32 of some bytes, as hex, and how many lines end in them. */
const sumOf = Effect.fnUntraced(function* (file: LedgerFile, offset: number, length: number) {
  let crc = 0
  let lines = 0
  for (let read = 0; read < length;) {
    const bytes = yield* file.read(offset + read, Math.min(chunkBytes, length - read))
    if (bytes.length === 0) break
    crc = crc32(bytes, crc)
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
    read += bytes.length
  }
  return { crc: crc.toString(16).padStart(8, "0"), lines }
})
