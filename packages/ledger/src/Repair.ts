/**
 * Making a damaged ledger writable again. Nothing that is in it is changed or taken away: half a line is closed, a seal
 * that was begun is finished, and damage is accepted, by sealing the segment and naming the damaged bytes in the first
 * line of the next. Readers pass over them from then on; what they held is lost, and the ledger says so.
 */
import type { Seq } from "@daybook/pool/Ids"
import { Array, Effect, Option, type Scope } from "effect"
import * as Admission from "./internal/Admission.ts"
import * as Derived from "./internal/DerivedFile.ts"
import * as Durability from "./internal/Durability.ts"
import * as Folder from "./internal/Folder.ts"
import type { Accepted, Header } from "./internal/Header.ts"
import * as LedgerFile from "./internal/LedgerFile.ts"
import * as Reader from "./internal/Reader.ts"
import * as Seal from "./internal/Seal.ts"
import * as Segments from "./internal/Segments.ts"
import * as Self from "./internal/Self.ts"
import * as Survey from "./internal/Survey.ts"
import * as WriterLock from "./internal/WriterLock.ts"
import * as Write from "./internal/Write.ts"
import { LedgerError, Missing, WrongKey } from "./LedgerError.ts"
import type { ByteRange, EventRange } from "./Verify.ts"

export interface Options extends Self.Program {
  readonly folder: string
  /** Only say what would be done. */
  readonly dryRun?: boolean | undefined
  /** As when a ledger is opened to be written. */
  readonly allowNetworkFileSystem?: boolean | undefined
}

export type Finding =
  /** Half a line at the end: closed and recorded, as the next append would do. */
  | ({ readonly _tag: "TornTail" } & ByteRange)
  /** A segment has its last line, and the next is not in place yet. */
  | { readonly _tag: "UnfinishedSeal"; readonly path: string }
  /** Bytes that hold no readable events, and the events that are lost with them. */
  | ({ readonly _tag: "Damage"; readonly why: string; readonly lost: EventRange | undefined } & ByteRange)
  /** The segment to append to is gone; the ledger goes on behind `last`. What came after it is lost. */
  | { readonly _tag: "NoLiveSegment"; readonly path: string; readonly last: Seq }
  /** Only a copy of the file can help. */
  | { readonly _tag: "Beyond"; readonly path: string; readonly why: string }

export interface RepairReport {
  /** In the order of the ledger; none: nothing needs repair. */
  readonly findings: ReadonlyArray<Finding>
  /** Nothing is left that needs repair; half a line does not, which the next append closes. */
  readonly isDone: boolean
}

/** Waits for other writers like an append does. Changes nothing where a finding is `Beyond` repair. */
export const repair = Effect.fn("repair")(function* (
  options: Options
): Effect.fn.Return<RepairReport, LedgerError, Scope.Scope> {
  const folder = Folder.at(options.folder)
  if (options.allowNetworkFileSystem !== true) yield* Admission.refuseNetwork(folder)
  const header = yield* findHeader(folder)
  const kind = yield* WriterLock.agree(folder.ledger, header.lock, undefined)
  const key = yield* Folder.readKey(folder)
  if (Option.isNone(key)) return yield* new LedgerError({ reason: new WrongKey({ path: folder.key, isMissing: true }) })
  const admit = (header: Header) => Admission.admit(folder, kind, key.value, header)
  yield* admit(header)
  if (options.dryRun === true) return yield* Effect.map(Survey.survey(folder.ledger), reportOf)
  const lock = yield* WriterLock.open(folder.lock, kind)
  return yield* lock.hold(Effect.scoped(underLock(options, folder, admit)))
}, Effect.scoped)

type Admit = (header: Header) => Effect.Effect<void, LedgerError>

/** The first line of the newest segment that has one. */
const findHeader = ({ ledger, path }: Folder.Folder): Effect.Effect<Header, LedgerError> =>
  Effect.gen(function* () {
    const sealed = yield* Segments.listSealed(path)
    const paths = [ledger, ...sealed.map((segment) => segment.path).toReversed()]
    const headers = yield* Effect.forEach(paths, (one) => Effect.option(Effect.scoped(Segments.openAt(one, "read"))))
    const known = headers.find(Option.isSome)
    if (known === undefined) {
      // Says why the live segment cannot be opened.
      yield* Effect.scoped(Segments.openAt(ledger, "read"))
      return yield* new LedgerError({ reason: new Missing({ path }) })
    }
    return known.value.header
  })

const reportOf = ({ findings }: Survey.Surveyed): RepairReport => ({
  findings,
  isDone: findings.every(({ _tag }) => _tag === "TornTail")
})

const underLock = Effect.fnUntraced(function* (
  options: Options,
  folder: Folder.Folder,
  admit: Admit
): Effect.fn.Return<RepairReport, LedgerError, Scope.Scope> {
  const surveyed = yield* Survey.survey(folder.ledger)
  const { findings } = surveyed
  const isBeyond = findings.some(({ _tag }) => _tag === "Beyond")
  if (findings.length === 0 || isBeyond) return reportOf(surveyed)
  yield* bringBackLive(folder, findings)
  const isClosed = yield* closeLine(folder, surveyed.accepts)
  const { accepts } = isClosed ? yield* Survey.survey(folder.ledger) : surveyed
  yield* goOn(options, folder, admit, accepts)
  return { findings, isDone: true }
})

/** The newest sealed segment gets the live name too; its seal is then one to be finished. */
const bringBackLive = Effect.fnUntraced(function* ({ ledger, path }: Folder.Folder, findings: ReadonlyArray<Finding>) {
  if (!findings.some(({ _tag }) => _tag === "NoLiveSegment")) return
  const names = yield* LedgerFile.names
  const newest = (yield* Segments.listSealed(path)).at(-1)
  if (newest !== undefined) yield* names.link(newest.path, ledger)
})

/** Damage up to the very end gets a newline, so that what comes next stands on a line of its own. */
const closeLine = Effect.fnUntraced(function* ({ ledger }: Folder.Folder, accepts: ReadonlyArray<Accepted>) {
  const { file, header } = yield* Segments.openAt(ledger, "append")
  const size = yield* file.size
  const isDamagedEnd = accepts.some(
    ({ length, offset, segment }) => segment === header.first && offset + length === size
  )
  const isOpen = isDamagedEnd && (yield* file.read(size - 1, 1))[0] !== newline
  if (isOpen) yield* file.append(Buffer.from("\n"))
  return isOpen
}, Effect.scoped)

const newline = 10

/** As much damage is named in the first line of one segment. */
const mostAccepted = 64

const goOn = Effect.fnUntraced(function* (
  options: Options,
  folder: Folder.Folder,
  admit: Admit,
  accepts: ReadonlyArray<Accepted>
) {
  const self = yield* Self.make(options)
  // What was derived from bytes that are damaged now must lead nobody past them.
  if (accepts.length > 0) yield* Derived.forget(folder.path)
  const reader = yield* Reader.open({ path: folder.ledger, mode: "append", admit, accepts, onCrossed: () => {} })
  const { view } = yield* reader.catchUp
  // The lock is held here already.
  const durability = yield* Durability.make(reader, { hold: (effect) => effect })
  const seal = yield* Seal.make(reader, self, durability)
  if (view.torn?.isWhole === true) yield* reader.now().file.append(Buffer.from("\n"))
  yield* reader.catchUp
  const [first = [], ...others] = Array.chunksOf(accepts, mostAccepted)
  const { isSealed } = reader.now().view.place
  if (isSealed) yield* reader.inTurn(seal.finish(first))
  else if (first.length > 0) yield* reader.inTurn(seal.now(first))
  for (const some of others) yield* reader.inTurn(seal.now(some))
  if (isSealed || first.length > 0) return
  yield* Write.writePreamble(reader, self)
  yield* durability.syncInTurn(reader.now())
})
