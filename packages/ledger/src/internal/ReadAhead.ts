/**
 * The bytes of a file, piece after piece: while one is worked on, the system reads the next. It is read into the same
 * memory over and over, so a piece is good until the next one is asked for.
 */
import { Effect } from "effect"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import type * as LedgerFile from "./LedgerFile.ts"

export const pieceBytes = 256 * 1024

/** What the last piece held of a line goes before the next piece. */
const headroom = LineFormat.maxBytes

export interface ReadAhead {
  /** What stands at an offset; nothing only at the end of the file. */
  readonly piece: (file: LedgerFile.LedgerFile, offset: number) => Effect.Effect<Buffer, LedgerError>
}

interface Coming {
  readonly file: LedgerFile.LedgerFile
  readonly position: number
  /** How many bytes have come; nothing if they could not be read. */
  readonly bytes: Promise<number | undefined>
}

export const make = (): ReadAhead => {
  let current = Buffer.allocUnsafe(headroom + pieceBytes)
  let other = Buffer.allocUnsafe(headroom + pieceBytes)
  let end = headroom
  let coming: Coming | undefined

  const takeComing = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, offset: number) {
    if (coming === undefined) return undefined
    const { bytes, file: from, position } = coming
    coming = undefined
    const read = yield* Effect.promise(() => bytes)
    const left = position - offset
    if (read === undefined || from !== file || left < 0 || left > headroom) return undefined
    current.copy(other, headroom - left, end - left, end)
    ;[current, other] = [other, current]
    end = headroom + read
    return current.subarray(headroom - left, end)
  })

  const readNow = Effect.fnUntraced(function* (file: LedgerFile.LedgerFile, offset: number) {
    const piece = yield* file.readInto(current.subarray(headroom), offset)
    end = headroom + piece.length
    return piece
  })

  return {
    piece: Effect.fnUntraced(function* (file, offset) {
      const piece = (yield* takeComing(file, offset)) ?? (yield* readNow(file, offset))
      const position = offset + piece.length
      if (piece.length > 0) coming = { file, position, bytes: file.readLater(other.subarray(headroom), position) }
      return piece
    })
  }
}
