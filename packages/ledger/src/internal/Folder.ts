/**
 * The folder of a ledger: what lies where in it, and how it begins. Key and first line are written under the lock, each
 * whole or not at all, and never over what is there.
 */
import * as AtomicFile from "@daybook/files/AtomicFile"
import * as Directory from "@daybook/files/Directory"
import { Effect, Option } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import * as LedgerFile from "./LedgerFile.ts"
import * as Segments from "./Segments.ts"
import * as FingerprintKey from "../FingerprintKey.ts"
import { LedgerError, NoLiveSegment, WrongKey, ofFile } from "../LedgerError.ts"
import type { WriterLock } from "./WriterLock.ts"

export interface Folder {
  readonly path: string
  readonly ledger: string
  readonly lock: string
  readonly key: string
}

export const at = (path: string): Folder => ({
  path,
  ledger: join(path, "ledger.jsonl"),
  lock: join(path, "ledger.lock"),
  key: join(path, "fingerprint.key")
})

/** Only for its owner; a folder that is there already keeps its mode. */
export const create = ({ path }: Folder): Effect.Effect<void, LedgerError> =>
  Directory.ensurePrivate(path).pipe(Effect.mapError(ofFile), Effect.asVoid)

/** Makes whatever is missing of a ledger and answers its key. `firstLine` is asked only for a new ledger. */
export const begin = Effect.fnUntraced(function* (
  folder: Folder,
  lock: WriterLock,
  firstLine: (key: FingerprintKey.FingerprintKey) => string
): Effect.fn.Return<FingerprintKey.FingerprintKey, LedgerError> {
  const ready = existsSync(folder.ledger) ? yield* readKey(folder) : Option.none()
  return Option.isSome(ready) ? ready.value : yield* lock.hold(beginInTurn(folder, firstLine))
})

const beginInTurn = Effect.fnUntraced(function* (
  folder: Folder,
  firstLine: (key: FingerprintKey.FingerprintKey) => string
) {
  const found = yield* readKey(folder)
  if (existsSync(folder.ledger)) {
    return Option.isSome(found)
      ? found.value
      : yield* new LedgerError({ reason: new WrongKey({ path: folder.key, isMissing: true }) })
  }
  const key = Option.isSome(found) ? found.value : yield* createKey(folder)
  yield* refuseSealedOnly(folder)
  yield* createLedger(folder, firstLine(key))
  return key
})

/** Sealed segments, or a base, without a live segment are what is left of a ledger, and not the place to begin another. */
const refuseSealedOnly = Effect.fnUntraced(function* ({ ledger, path }: Folder) {
  const sealed = yield* Segments.listSealed(path)
  if (sealed.length > 0 || existsSync(Segments.basePath(ledger)))
    return yield* new LedgerError({ reason: new NoLiveSegment({ path: ledger }) })
})

/** Not even a writer who uses another kind of lock can begin a second ledger: there is one link to the live name. */
const createLedger = Effect.fnUntraced(function* ({ ledger, path }: Folder, line: string) {
  const { link, remove, rename, syncFolder } = yield* LedgerFile.names
  const next = Segments.nextPath(ledger)
  yield* LedgerFile.writeNew(next, line)
  yield* link(next, ledger).pipe(
    Effect.catchIf(isWithoutLinks, () => rename(next, ledger)),
    Effect.catchIf(isTaken, () => Effect.void)
  )
  yield* remove(next)
  yield* syncFolder(path)
})

const isTaken = ({ reason }: LedgerError): boolean => reason._tag === "Unavailable" && reason.code === "EEXIST"

/** What systems answer whose disk has no hard links. */
const isWithoutLinks = ({ reason }: LedgerError): boolean =>
  reason._tag === "Unavailable" && ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK"].includes(reason.code)

const createKey = Effect.fnUntraced(function* (folder: Folder) {
  const bytes = FingerprintKey.randomBytes()
  yield* write(folder.key, bytes)
  return FingerprintKey.make(bytes)
})

const write = (path: string, content: string | Uint8Array): Effect.Effect<void, LedgerError> =>
  AtomicFile.write(path, content, { mode: 0o600 }).pipe(Effect.mapError(ofFile))

/** None if there is no key; a file of another length is a wrong one. */
export const readKey = ({
  key: path
}: Folder): Effect.Effect<Option.Option<FingerprintKey.FingerprintKey>, LedgerError> =>
  AtomicFile.readIfExists(path, { maxBytes: 1024 }).pipe(
    Effect.mapError(ofFile),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeedNone,
        onSome: (bytes) =>
          bytes.length === FingerprintKey.size
            ? Effect.succeedSome(FingerprintKey.make(bytes))
            : Effect.fail(new LedgerError({ reason: new WrongKey({ path, isMissing: false }) }))
      })
    )
  )
