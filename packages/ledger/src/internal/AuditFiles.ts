/** Which files an audit reads, and that they stay open: they may be sealed or archived while it does. */
import { Effect, Option, type Scope } from "effect"
import { existsSync, type Stats, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { LedgerError } from "../LedgerError.ts"
import * as Segments from "./Segments.ts"

export interface AuditFile {
  readonly path: string
  readonly open: Effect.Effect<Segments.OpenSegment, LedgerError, Scope.Scope>
}

/** A folder, or its live segment, means the whole ledger; any other file means itself. */
export const isWhole = (live: string): boolean => basename(live) === Segments.liveName

export const liveIn = (path: string): string => (isFolder(path) ? join(path, Segments.liveName) : path)

/** In order. The live segment is opened before the others are listed. */
export const filesOf = Effect.fnUntraced(function* (
  live: string,
  looks = 3
): Effect.fn.Return<ReadonlyArray<AuditFile>, LedgerError, Scope.Scope> {
  if (!isWhole(live)) return [fileAt(live)]
  const opened = yield* Effect.option(Segments.openAt(live, "read"))
  const sealed = yield* Effect.orElseSucceed(Segments.listSealed(dirname(live)), () => [])
  const first = Option.match(opened, { onNone: () => Infinity, onSome: ({ header }) => header.first })
  const older = yield* Effect.forEach(
    sealed.filter((segment) => segment.first < first),
    ({ path }) => openNow(path)
  )
  // Archived between two looks.
  const isGone = older.some(({ path }) => !existsSync(path))
  if (isGone && looks > 1) return yield* filesOf(live, looks - 1)
  return [...older, Option.match(opened, { onNone: () => fileAt(live), onSome: openFile(live) })]
})

const openNow = (path: string): Effect.Effect<AuditFile, never, Scope.Scope> =>
  Effect.map(Effect.option(Segments.openAt(path, "read")), (opened) =>
    Option.match(opened, { onNone: () => fileAt(path), onSome: openFile(path) })
  )

const openFile =
  (path: string) =>
  (segment: Segments.OpenSegment): AuditFile => ({ path, open: Effect.succeed(segment) })

/** Why a file cannot be opened is said when it is its turn. */
const fileAt = (path: string): AuditFile => ({ path, open: Segments.openAt(path, "read") })

export const isOlderThanSealed = (live: string): Effect.Effect<boolean> =>
  Effect.scoped(Segments.openLive(live, "read")).pipe(
    Effect.flatMap(({ header }) => Segments.isOutdated(live, header.first)),
    Effect.orElseSucceed(() => false)
  )

export const sizeOf = (path: string): number => statsOf(path)?.size ?? 0

const isFolder = (path: string): boolean => statsOf(path)?.isDirectory() === true

const statsOf = (path: string): Stats | undefined => {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
