/**
 * The ledger in files: `ledger.jsonl` in its folder, and the sealed segments it continues, shared by any number of
 * processes on one machine.
 *
 * Writers exclude each other by a kernel lock, which ends with the process that holds it. An append is written under the
 * lock in one piece, and synced after it together with whatever else waits for a sync. Readers take no lock.
 */
import { Fingerprints } from "@daybook/pool/Fingerprint"
import type { ActorId } from "@daybook/pool/Ids"
import { Context, Effect, Layer, Option, type Scope } from "effect"
import { statSync } from "node:fs"
import * as FingerprintKey from "./FingerprintKey.ts"
import * as Admission from "./internal/Admission.ts"
import * as AsOf from "./internal/AsOf.ts"
import * as Folder from "./internal/Folder.ts"
import { textOf } from "./internal/Group.ts"
import type { Header } from "./internal/Header.ts"
import * as Keeper from "./internal/Keeper.ts"
import * as Reader from "./internal/Reader.ts"
import * as Reading from "./internal/Reading.ts"
import { Remembered } from "./internal/Remembered.ts"
import * as Scan from "./internal/Scan.ts"
import type { Requests } from "./internal/Requests.ts"
import * as Self from "./internal/Self.ts"
import * as Segments from "./internal/Segments.ts"
import { SnapshotEvery } from "./internal/View.ts"
import * as Writer from "./internal/Writer.ts"
import * as WriterLock from "./internal/WriterLock.ts"
import { Ledger } from "./Ledger.ts"
import { AppendError, type LedgerError, readOnly, Unavailable } from "./LedgerError.ts"

export interface Options {
  /** Created, with a new ledger in it, unless `readOnly` is set. */
  readonly folder: string
  /** Who opens it; recorded with this process's first append. */
  readonly program: string
  readonly version: string
  /** Under which name this machine is recorded; default its own. */
  readonly host?: string | undefined
  /** Creates nothing, writes nothing, takes no lock; every append fails. */
  readonly readOnly?: boolean | undefined
  /**
   * With `readOnly`: the end is read when something needs it, and not on opening. So a moment of long ago is answered
   * sooner, and until then `known` is as far as the newest snapshot.
   */
  readonly whenAsked?: boolean | undefined
  /**
   * The kind of lock of a new ledger; default `ofd` where the system has it. Choose `sqlite` for a folder that is shared
   * with a system that lacks it, such as a container on musl. A ledger of another kind is refused.
   */
  readonly lock?: WriterLock.LockKind | undefined
  /** Without it a folder on a network file system is refused: locks may not hold there, and logins get lost. */
  readonly allowNetworkFileSystem?: boolean | undefined
}

export const layer = (options: Options): Layer.Layer<Ledger | Fingerprints, LedgerError> =>
  Layer.effectContext(options.readOnly === true ? openToRead(options) : openToWrite(options))

type Services = Context.Context<Ledger | Fingerprints>

const openToWrite = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Services, LedgerError, Scope.Scope> {
  const folder = Folder.at(options.folder)
  if (options.allowNetworkFileSystem !== true) yield* Admission.refuseNetwork(folder)
  const self = yield* Self.make(options)
  yield* Folder.create(folder)
  const { lock: wanted } = options
  const newKind = wanted === undefined ? WriterLock.preferred : Effect.succeed(wanted)
  const kind = yield* Effect.catchReason(Admission.lockKind(folder, wanted), "LedgerError", "Missing", () => newKind)
  const lock = yield* WriterLock.open(folder.lock, kind)
  const key = yield* Folder.begin(folder, lock, (key) => firstLine(self, kind, key))
  const keeper = yield* Keeper.make(folder.ledger)
  const admit = (header: Header) => Admission.admit(folder, kind, key, header)
  const reader = yield* openReader(folder, "append", admit, keeper)
  if (keeper.knowsBeyond(reader.now().view)) yield* trim(keeper, reader, lock)
  const requests = yield* Writer.start(reader, lock, self)
  yield* Effect.addFinalizer(() => keeper.keepEnd(reader.now().view))
  return services(self.actor, reader, requests, key, { ...AsOf.noMemory, offer: keeper.offer })
})

const openToRead = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Services, LedgerError, Scope.Scope> {
  const folder = Folder.at(options.folder)
  const { actor } = yield* Self.make(options)
  const remembered = new Remembered((yield* bytesIn(folder)) / (yield* SnapshotEvery))
  const reading = { offer: remembered.offer, drain: Effect.yieldNow }
  const reader = yield* openReader(folder, "read", () => Effect.void, reading, options.whenAsked === true)
  // A ledger that was copied without its key can be read all the same; no token is known to it then.
  const key = Option.getOrElse(yield* Folder.readKey(folder), () => FingerprintKey.make(FingerprintKey.randomBytes()))
  const sync = Effect.suspend(() => reader.now().file.sync)
  const append = () => Effect.fail(refusal(folder))
  return services(actor, reader, { append, sync }, key, remembered)
})

/** Of the segments that are there; of one that cannot be looked at, whoever reads it says so. */
const bytesIn = ({ ledger, path }: Folder.Folder): Effect.Effect<number> =>
  Effect.map(
    Effect.orElseSucceed(Segments.listSealed(path), () => []),
    (sealed) => [...sealed.map((segment) => segment.path), ledger].map(sizeOf).reduce((sum, size) => sum + size, 0)
  )

const sizeOf = (file: string): number => {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/** An index that came from a longer copy of the ledger. What cannot be read to its end keeps its index. */
const trim = (keeper: Keeper.Keeper, reader: Reader.Reader, lock: WriterLock.WriterLock): Effect.Effect<void> =>
  lock.hold(reader.inTurn(Effect.flatMap(reader.catchUpInTurn, ({ view }) => keeper.trim(view)))).pipe(Effect.ignore)

const firstLine = (self: Self.Self, kind: WriterLock.LockKind, key: FingerprintKey.FingerprintKey): string =>
  textOf(Self.beginLedger(self, Self.newLedgerId(), kind, FingerprintKey.check(key)).lines)

/** Reads what there is. Damage does not keep a ledger from being opened: what stands before it can be read. */
const openReader = Effect.fnUntraced(function* (
  { ledger: path }: Folder.Folder,
  mode: "read" | "append",
  admit: (header: Header) => Effect.Effect<void, LedgerError>,
  { drain, offer: onCrossed }: Pick<Keeper.Keeper, "drain" | "offer">,
  whenAsked = false
) {
  const reader = yield* Reader.open({ path, mode, admit, onCrossed })
  if (!whenAsked) yield* Effect.catchReason(reader.catchUpBy(drain), "LedgerError", "Damaged", () => Effect.void)
  return reader
})

const refusal = ({ ledger }: Folder.Folder): AppendError =>
  new AppendError({ reason: new Unavailable({ operation: "append to", path: ledger, code: readOnly }) })

const services = (
  actor: ActorId,
  reader: Reader.Reader,
  writer: Pick<Requests, "append" | "sync">,
  key: FingerprintKey.FingerprintKey,
  memory: AsOf.Memory
): Services =>
  Context.make(Ledger, {
    actor,
    append: (events, options = {}) => writer.append(events, options),
    sync: Effect.suspend(() => writer.sync),
    state: Effect.map(reader.catchUp, ({ view }) => view.state),
    known: () => reader.now().view.state,
    asOf: (moment) => AsOf.asOf(reader, moment, memory),
    marks: () => reader.now().view.marks.map(({ seq }) => seq),
    read: (from) => Reading.read(reader, from),
    scan: (options) => Scan.scan(reader, options),
    lines: (options) => Scan.lines(reader, options),
    tail: (from) => Reading.tail(reader, from),
    head: Effect.map(reader.catchUp, ({ header, view: { place } }) => ({
      seq: place.seq,
      h: place.h,
      ledger: header.ledger
    }))
  }).pipe(Context.add(Fingerprints, FingerprintKey.fingerprints(key)))
