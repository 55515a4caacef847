/**
 * The ledger in a file, `ledger.jsonl` in its folder, shared by any number of processes on one machine.
 *
 * Writers exclude each other by a kernel lock, which ends with the process that holds it. An append is written under the
 * lock in one piece, and synced after it together with whatever else waits for a sync. Readers take no lock.
 */
import { Fingerprints } from "@daybook/pool/Fingerprint"
import type { ActorId, Seq } from "@daybook/pool/Ids"
import { Context, Effect, Layer, Option, type Scope } from "effect"
import * as FingerprintKey from "./FingerprintKey.ts"
import * as Folder from "./internal/Folder.ts"
import { textOf } from "./internal/Group.ts"
import type { Header } from "./internal/Header.ts"
import * as Reader from "./internal/Reader.ts"
import * as Reading from "./internal/Reading.ts"
import type { Requests } from "./internal/Requests.ts"
import * as Self from "./internal/Self.ts"
import * as Writer from "./internal/Writer.ts"
import * as WriterLock from "./internal/WriterLock.ts"
import { Ledger } from "./Ledger.ts"
import { AppendError, LedgerError, LockMismatch, readOnly, Unavailable, WrongKey } from "./LedgerError.ts"

export interface Options {
  /** Created, with a new ledger in it, unless `readOnly` is set. */
  readonly folder: string
  /** Who opens it; recorded with this process's first append. */
  readonly program: string
  readonly version: string
  /** Creates nothing, writes nothing, takes no lock; every append fails. */
  readonly readOnly?: boolean | undefined
}

export const layer = (options: Options): Layer.Layer<Ledger | Fingerprints, LedgerError> =>
  Layer.effectContext(options.readOnly === true ? openToRead(options) : openToWrite(options))

type Services = Context.Context<Ledger | Fingerprints>

const openToWrite = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Services, LedgerError, Scope.Scope> {
  const folder = Folder.at(options.folder)
  const self = yield* Self.make(options)
  yield* Folder.create(folder)
  const lock = yield* WriterLock.open(folder.lock)
  const key = yield* Folder.begin(folder, lock, (key) => firstLine(self, key))
  const reader = yield* openReader(folder, "append", (header) => admit(folder, key, header))
  const requests = yield* Writer.start(reader, lock, self)
  return services(self.actor, reader, requests, key)
})

const openToRead = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<Services, LedgerError, Scope.Scope> {
  const folder = Folder.at(options.folder)
  const { actor } = yield* Self.make(options)
  const reader = yield* openReader(folder, "read", () => Effect.void)
  // A ledger that was copied without its key can be read all the same; no token is known to it then.
  const key = Option.getOrElse(yield* Folder.readKey(folder), () => FingerprintKey.make(FingerprintKey.randomBytes()))
  const sync = Effect.suspend(() => reader.now().file.sync)
  return services(actor, reader, { append: () => Effect.fail(refusal(folder)), sync }, key)
})

const firstLine = (self: Self.Self, key: FingerprintKey.FingerprintKey): string =>
  textOf(Self.beginLedger(self, Self.newLedgerId(), WriterLock.kind, FingerprintKey.check(key)).lines)

/** Reads what there is. Damage does not keep a ledger from being opened: what stands before it can be read. */
const openReader = Effect.fnUntraced(function* (
  folder: Folder.Folder,
  mode: "read" | "append",
  admit: (header: Header) => Effect.Effect<void, LedgerError>
) {
  const reader = yield* Reader.open({ path: folder.ledger, mode, admit })
  yield* Effect.catchReason(reader.catchUp, "LedgerError", "Damaged", () => Effect.void)
  return reader
})

/** Whether this process may write to the ledger. */
const admit = Effect.fnUntraced(function* (folder: Folder.Folder, key: FingerprintKey.FingerprintKey, header: Header) {
  const ours = WriterLock.kind
  if (header.lock !== ours) {
    return yield* new LedgerError({ reason: new LockMismatch({ path: folder.ledger, found: header.lock, ours }) })
  }
  if (header.check !== FingerprintKey.check(key)) {
    return yield* new LedgerError({ reason: new WrongKey({ path: folder.key }) })
  }
})

const refusal = ({ ledger }: Folder.Folder): AppendError =>
  new AppendError({ reason: new Unavailable({ operation: "append to", path: ledger, code: readOnly }) })

const services = (
  actor: ActorId,
  reader: Reader.Reader,
  writer: Pick<Requests, "append" | "sync">,
  key: FingerprintKey.FingerprintKey
): Services =>
  Context.make(Ledger, {
    actor,
    append: (events, options = {}) => writer.append(events, options),
    sync: Effect.suspend(() => writer.sync),
    state: Effect.map(reader.catchUp, ({ view }) => view.state),
    known: () => reader.now().view.state,
    read: (from = first) => Reading.read(reader, from),
    tail: (from = first) => Reading.tail(reader, from),
    head: Effect.map(reader.catchUp, ({ header, view: { place } }) => ({
      seq: place.seq,
      h: place.h,
      ledger: header.ledger
    }))
  }).pipe(Context.add(Fingerprints, FingerprintKey.fingerprints(key)))

const first = 1 as Seq
