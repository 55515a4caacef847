/**
 * The segments of a ledger for one who goes over them in order: each is open while it is read, apart from the reader, who
 * closes its own when it moves on.
 */
import type { Seq } from "@daybook/pool/Ids"
import { Effect, Exit, Scope } from "effect"
import { dirname } from "node:path"
import type { LedgerError } from "../LedgerError.ts"
import * as LineFormat from "../LineFormat.ts"
import * as LedgerFile from "./LedgerFile.ts"
import type { Opened } from "./Reader.ts"
import * as Segments from "./Segments.ts"
import type { Place } from "./Walk.ts"

export type Files = (first: Seq) => Effect.Effect<LedgerFile.LedgerFile, LedgerError>

export const open = Effect.fnUntraced(function* (live: string, { file, view }: Opened) {
  const outer = yield* Effect.scope
  let last: { readonly first: Seq; readonly file: LedgerFile.LedgerFile; readonly scope: Scope.Closeable } | undefined
  const openOne = (first: Seq) =>
    first === view.place.segment ? openLast(live, file, first) : Segments.fileOf(dirname(live), first)
  const files: Files = Effect.fnUntraced(function* (first) {
    if (last?.first === first) return last.file
    if (last !== undefined) yield* Scope.close(last.scope, Exit.void)
    const scope = yield* Scope.fork(outer)
    last = { first, scope, file: yield* Scope.provide(openOne(first), scope) }
    return last.file
  })
  return files
})

/** The segment that the reader was in. If it was sealed since, its path names the one after it. */
const openLast = Effect.fnUntraced(function* (live: string, { isCurrent, path }: LedgerFile.LedgerFile, first: Seq) {
  const named = yield* LedgerFile.open(path, "read")
  if (yield* isCurrent) return named
  return yield* Effect.catchReason(Segments.fileOf(dirname(live), first), "LedgerError", "MissingSegment", () =>
    Effect.succeed(named)
  )
})

/** The text of the line that ends at a place. */
export const lineBefore = Effect.fnUntraced(function* (files: Files, { offset, segment }: Place) {
  const file = yield* files(segment)
  const begin = Math.max(0, offset - LineFormat.maxBytes)
  const bytes = yield* file.readInto(Buffer.allocUnsafe(offset - begin), begin)
  return bytes.toString("latin1", bytes.lastIndexOf("\n", -2) + 1, bytes.length - 1)
})
