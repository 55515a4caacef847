/** Reading a segment piece by piece, in constant memory: a chunk, or one longer piece where a chunk holds no whole line. */
import { Effect } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import * as TornTail from "./TornTail.ts"
import { type Options, type Place, walk, type Walked } from "./Walk.ts"

/** The most that is read in one piece, as a rule. */
export const chunkBytes = 256 * 1024

/** Where the bytes come from: a file, or the part of one. */
export interface Source {
  readonly read: (position: number, length: number) => Effect.Effect<Buffer, LedgerError>
  /** Where it ends, in bytes. */
  readonly size: number
  /** The segment ends there too, as far as anyone has written. */
  readonly isWhole: boolean
}

/** Judges the next piece behind a place. */
export const walkOn = Effect.fnUntraced(function* (
  { isWhole, read, size }: Source,
  from: Place,
  options?: Options
): Effect.fn.Return<Walked, LedgerError> {
  const unread = size - from.offset
  const walkPiece = Effect.fnUntraced(function* (length: number) {
    const bytes = yield* read(from.offset, Math.min(unread, length))
    return walk(bytes, from, isWhole && bytes.length >= unread, options)
  })
  const walked = yield* walkPiece(chunkBytes)
  const isStuck = walked.place === from && walked.ending._tag === "Whole" && !walked.isStopped && unread > chunkBytes
  return isStuck ? yield* walkPiece(TornTail.maxBytes + chunkBytes) : walked
})
