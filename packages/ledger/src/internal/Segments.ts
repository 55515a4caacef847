/**
 * The files of one ledger: sealed segments, each named after its first event, and the live one, which always has the same
 * name. In a folder that was copied while a segment was being sealed, a segment may be there under both names; the live one
 * counts.
 */
import type { Seq } from "@daybook/pool/Ids"
import { Effect, type Scope } from "effect"
import { existsSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { LedgerError, Missing, MissingSegment, NoLiveSegment, Unavailable } from "../LedgerError.ts"
import * as Header from "./Header.ts"
import * as LedgerFile from "./LedgerFile.ts"

export const liveName = "ledger.jsonl"

export interface Segment {
  readonly first: Seq
  readonly path: string
}

/** The name of a segment's file once it is sealed: its first event, in 16 digits, so that names sort as events do. */
export const sealedPath = (folder: string, first: Seq): string =>
  join(folder, `ledger.${String(first).padStart(16, "0")}.jsonl`)

/** The state that archived segments left behind. */
export const basePath = (live: string): string => join(dirname(live), "ledger.base")

/** A new segment, until it takes the live name. */
export const nextPath = (live: string): string => `${live}.next`

/** The first event of a sealed segment, by its file's name. */
export const firstOf = (path: string): Seq | undefined => {
  const digits = /^ledger\.(\d{16})\.jsonl$/.exec(basename(path))?.[1]
  return digits === undefined ? undefined : (Number(digits) as Seq)
}

/** Files named as sealed segments are, in order. */
export const listSealed = (folder: string): Effect.Effect<ReadonlyArray<Segment>, LedgerError> =>
  Effect.try({
    try: () =>
      readdirSync(folder).flatMap((name): ReadonlyArray<Segment> => {
        const first = firstOf(name)
        return first === undefined ? [] : [{ first, path: join(folder, name) }]
      }),
    catch: (cause) => unreadable(folder, (cause as NodeJS.ErrnoException).code ?? String(cause))
  }).pipe(Effect.map((found) => found.toSorted((a, b) => a.first - b.first)))

const unreadable = (path: string, code: string) =>
  new LedgerError({
    reason: code === "ENOENT" ? new Missing({ path }) : new Unavailable({ operation: "list", path, code })
  })

/** Whether a live segment that begins with an event is older than sealed ones: no writer leaves that behind. */
export const isOutdated = Effect.fnUntraced(function* (
  live: string,
  first: Seq
): Effect.fn.Return<boolean, LedgerError> {
  const sealed = yield* listSealed(dirname(live))
  const isLonger = (path: string) => sizeOf(path) > sizeOf(live)
  const goesFurther = (segment: Segment) => segment.first > first || (segment.first === first && isLonger(segment.path))
  if (!sealed.some(goesFurther)) return false
  // Or it has been sealed since, and others after it; or its first line cannot be read, which is said elsewhere.
  return yield* Effect.scoped(Effect.map(openLive(live, "read"), ({ header }) => header.first === first)).pipe(
    Effect.catchReason("LedgerError", "Damaged", () => Effect.succeed(false))
  )
})

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

export const outdated = "the sealed segments beside it go further: it is an older copy"

/** An open segment and its first line. */
export interface OpenSegment {
  readonly file: LedgerFile.LedgerFile
  readonly header: Header.Header
}

/** Opens a file and reads its first line. */
export const openAt = Effect.fnUntraced(function* (
  path: string,
  mode: "read" | "append"
): Effect.fn.Return<OpenSegment, LedgerError, Scope.Scope> {
  const file = yield* LedgerFile.open(path, mode)
  return { file, header: yield* Header.read(file) }
})

/** The file of a segment under its own name; fails with `MissingSegment` if it is not there, or not any more. */
export const fileOf = (folder: string, first: Seq): Effect.Effect<LedgerFile.LedgerFile, LedgerError, Scope.Scope> => {
  const path = sealedPath(folder, first)
  return Effect.catchReason(LedgerFile.open(path, "read"), "LedgerError", "Missing", () =>
    Effect.fail(new LedgerError({ reason: new MissingSegment({ path, first }) }))
  )
}

/** Opens the segment that is written to. */
export const openLive = (live: string, mode: "read" | "append"): Effect.Effect<OpenSegment, LedgerError, Scope.Scope> =>
  orNoLive(live, openAt(live, mode))

/** The same, or the newest sealed one, if the live one's first line is damaged. */
export const openNewest = (live: string): Effect.Effect<OpenSegment, LedgerError, Scope.Scope> =>
  openLive(live, "read").pipe(
    Effect.catchReason("LedgerError", "Damaged", (reason) =>
      Effect.flatMap(listSealed(dirname(live)), (sealed) => {
        const newest = sealed.at(-1)
        return newest === undefined ? Effect.fail(new LedgerError({ reason })) : openAt(newest.path, "read")
      })
    )
  )

/** Says of a missing live segment whether there is a ledger at all. */
export const orNoLive = <A, R>(
  live: string,
  effect: Effect.Effect<A, LedgerError, R>
): Effect.Effect<A, LedgerError, R> =>
  Effect.catchReason(
    effect,
    "LedgerError",
    "Missing",
    Effect.fnUntraced(function* (reason: Missing) {
      const sealed = yield* Effect.orElseSucceed(listSealed(dirname(live)), () => [])
      const isLeft = sealed.length > 0 || existsSync(basePath(live))
      return yield* new LedgerError({ reason: isLeft ? new NoLiveSegment({ path: live }) : reason })
    })
  )

/**
 * Opens the segment that begins with an event, by its own name or as the live one. Tries again when it is being sealed
 * meanwhile; none if there is not yet such a segment.
 */
export const open = Effect.fnUntraced(function* (
  live: string,
  first: Seq,
  mode: "read" | "append"
): Effect.fn.Return<OpenSegment | undefined, LedgerError, Scope.Scope> {
  const path = sealedPath(dirname(live), first)
  const opened = yield* openLive(live, mode).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "Damaged" && existsSync(path),
      () => openAt(path, "read")
    )
  )
  if (opened.header.first === first) return opened
  if (opened.header.first < first) return undefined
  return yield* openAt(path, "read").pipe(
    Effect.catchReason("LedgerError", "Missing", () => new LedgerError({ reason: new MissingSegment({ path, first }) }))
  )
})
