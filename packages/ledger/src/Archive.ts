/**
 * Moving old segments out of a ledger's folder, whole. The state they end with is kept beside the ledger first, so that
 * the pool stays as it is; put back, they are part of the ledger again.
 */
import * as Directory from "@daybook/files/Directory"
import type { Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { Effect, Option, type Scope } from "effect"
import { existsSync, realpathSync, statSync } from "node:fs"
import * as fs from "node:fs/promises"
import { basename, join } from "node:path"
import * as Admission from "./internal/Admission.ts"
import * as AsOf from "./internal/AsOf.ts"
import * as Audit from "./internal/Audit.ts"
import * as Base from "./internal/Base.ts"
import * as Folder from "./internal/Folder.ts"
import * as Header from "./internal/Header.ts"
import * as LedgerFile from "./internal/LedgerFile.ts"
import * as Reader from "./internal/Reader.ts"
import * as Seal from "./internal/Seal.ts"
import * as Segments from "./internal/Segments.ts"
import * as WriterLock from "./internal/WriterLock.ts"
import { Damaged, LedgerError, MissingSegment, ofFile, sameFolder, Unavailable } from "./LedgerError.ts"
import type { Link } from "./LineFormat.ts"

export interface Options {
  readonly folder: string
  /** Segments go whose events are all older. */
  readonly before: Instant
  /** Where to; made if it is missing. Default: `archive` in the ledger's folder. */
  readonly to?: string | undefined
  /** Only say what would be moved. */
  readonly dryRun?: boolean | undefined
  /** As when a ledger is opened to be written. */
  readonly allowNetworkFileSystem?: boolean | undefined
}

export interface ArchiveReport {
  readonly moved: ReadonlyArray<ArchivedSegment>
  /** The oldest event that is left. */
  readonly first: Seq
}

export interface ArchivedSegment {
  readonly from: string
  readonly to: string
  readonly first: Seq
  readonly last: Seq
  readonly bytes: number
}

/** The live segment always stays. A file of the same name in the archive is never overwritten. */
export const archive = Effect.fn("archive")(function* (
  options: Options
): Effect.fn.Return<ArchiveReport, LedgerError, Scope.Scope> {
  const folder = Folder.at(options.folder)
  if (options.allowNetworkFileSystem !== true) yield* Admission.refuseNetwork(folder)
  const reader = yield* Reader.open({
    path: folder.ledger,
    mode: "read",
    admit: () => Effect.void,
    onCrossed: () => {}
  })
  const to = options.to ?? join(folder.path, "archive")
  if (isSameFolder(to, folder.path)) return yield* unavailable("archive to", to, sameFolder)
  const old = yield* findOld(reader, folder, options.before, to)
  const moved = old.map(({ segment }) => segment)
  const last = old.at(-1)
  if (last !== undefined) yield* refuseDamaged(folder, moved)
  if (last === undefined || options.dryRun === true) return { moved, first: yield* firstAfter(reader, folder, last) }
  yield* copyAll(to, folder, moved)
  const kind = yield* Admission.lockKind(folder, undefined)
  const lock = yield* WriterLock.open(folder.lock, kind)
  yield* lock.hold(leave(folder, last.end, moved))
  return { moved, first: (last.segment.last + 1) as Seq }
}, Effect.scoped)

const isSameFolder = (a: string, b: string): boolean => existsSync(a) && realpathSync(a) === realpathSync(b)

/** In the archive nobody would look for it, and the ledger would seem whole. */
const refuseDamaged = Effect.fnUntraced(function* (folder: Folder.Folder, moved: ReadonlyArray<ArchivedSegment>) {
  const { firstBad } = yield* Audit.run(folder.ledger, { fast: true })
  if (firstBad === undefined || !moved.some(({ from }) => from === firstBad.path)) return
  return yield* new LedgerError({ reason: new Damaged(firstBad) })
})

interface Old {
  readonly segment: ArchivedSegment
  readonly end: Base.Base
}

/** From the oldest on, until one has an event that is young enough to stay. */
const findOld = Effect.fnUntraced(function* (
  reader: Reader.Reader,
  folder: Folder.Folder,
  before: Instant,
  to: string
): Effect.fn.Return<ReadonlyArray<Old>, LedgerError, Scope.Scope> {
  const { header } = yield* reader.catchUp
  const sealed = (yield* Segments.listSealed(folder.path)).filter(({ first }) => first < header.first)
  const old: Array<Old> = []
  for (const [index, { first, path }] of sealed.entries()) {
    const next = yield* Effect.scoped(Segments.openAt(sealed[index + 1]?.path ?? folder.ledger, "read"))
    const end = yield* stateBehind(reader, Header.linkBefore(next.header), next.header)
    if (end.state.latest >= before) break
    const bytes = statSync(path).size
    const last = (next.header.first - 1) as Seq
    old.push({ segment: { from: path, to: join(to, basename(path)), first, last, bytes }, end })
  }
  return old
})

/** If archiving was stopped halfway, the base already holds the state behind these segments, or a later one. */
const stateBehind = Effect.fnUntraced(function* (reader: Reader.Reader, link: Link, { ledger }: Header.Header) {
  const base = yield* Base.read(reader.path)
  if (reaches(base, { ledger, link })) return base.value
  return { ledger, link, state: yield* AsOf.asOf(reader, { seq: link.seq }, AsOf.noMemory) }
})

const firstAfter = Effect.fnUntraced(function* (reader: Reader.Reader, { path }: Folder.Folder, last: Old | undefined) {
  if (last !== undefined) return (last.segment.last + 1) as Seq
  return (yield* Segments.listSealed(path))[0]?.first ?? reader.now().header.first
})

/** Whether a base stands at an event of the same ledger, or behind it. */
const reaches = (
  base: Option.Option<Base.Base>,
  { ledger, link }: Pick<Base.Base, "ledger" | "link">
): base is Option.Some<Base.Base> =>
  Option.isSome(base) && base.value.ledger === ledger && base.value.link.seq >= link.seq

/** Without the lock, however long it takes: nobody writes to a sealed segment. */
const copyAll = Effect.fnUntraced(function* (
  to: string,
  { path }: Folder.Folder,
  segments: ReadonlyArray<ArchivedSegment>
): Effect.fn.Return<void, LedgerError> {
  const { syncFolder } = yield* LedgerFile.names
  yield* Effect.mapError(Directory.ensurePrivate(to), ofFile)
  if (isSameFolder(to, path)) return yield* unavailable("archive to", to, sameFolder)
  for (const segment of segments) yield* copyOrLink(segment)
  yield* syncFolder(to)
})

/** Somebody else may have archived more meanwhile. */
const leave = Effect.fnUntraced(function* (
  { ledger, path }: Folder.Folder,
  base: Base.Base,
  segments: ReadonlyArray<ArchivedSegment>
): Effect.fn.Return<void, LedgerError> {
  const { remove, syncFolder } = yield* LedgerFile.names
  if (!reaches(yield* Base.read(ledger), base)) yield* Base.write(ledger, base)
  for (const { from } of segments) yield* remove(from)
  yield* syncFolder(path)
})

/** It has both names for a while: a crash leaves it in one of the two places at least. */
const copyOrLink = Effect.fnUntraced(function* ({ first, from, to }: ArchivedSegment) {
  const names = yield* LedgerFile.names
  const isThere = Effect.scoped(Effect.flatMap(LedgerFile.open(from, "read"), (file) => Seal.isCopy(file, to)))
  yield* names.link(from, to).pipe(
    Effect.catchIf(isBetweenDisks, () => copy(from, to)),
    Effect.catchReason("LedgerError", "Missing", () =>
      Effect.fail(new LedgerError({ reason: new MissingSegment({ path: from, first }) }))
    ),
    Effect.catch((error) => Effect.flatMap(isThere, (isSame) => (isSame ? Effect.void : error)))
  )
})

const isBetweenDisks = ({ reason }: LedgerError): boolean =>
  reason._tag === "Unavailable" && ["EXDEV", "EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(reason.code)

/** Under another name until it is whole and synced. */
const copy = (from: string, to: string): Effect.Effect<void, LedgerError> =>
  Effect.tryPromise({
    try: async () => {
      const temp = `${to}.part`
      await fs.copyFile(from, temp)
      const file = await fs.open(temp, "r+")
      await file.sync().finally(() => file.close())
      if (existsSync(to)) throw Object.assign(new Error(), { code: "EEXIST" })
      await fs.rename(temp, to)
    },
    catch: (cause) => unavailable("copy to", to, (cause as NodeJS.ErrnoException).code ?? String(cause))
  })

const unavailable = (operation: string, path: string, code: string): LedgerError =>
  new LedgerError({ reason: new Unavailable({ operation, path, code }) })
