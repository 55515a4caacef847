/** What must be right before this process may write to a ledger: the disk, the kind of lock, the key. */
import type { FileError } from "@daybook/files/FileError"
import { networkFileSystem } from "@daybook/files/FileSystemKind"
import { Context, Effect, Option } from "effect"
import * as FingerprintKey from "../FingerprintKey.ts"
import { LedgerError, NetworkFileSystem, ofFile, WrongKey } from "../LedgerError.ts"
import type { Folder } from "./Folder.ts"
import type { Header } from "./Header.ts"
import * as Segments from "./Segments.ts"
import * as WriterLock from "./WriterLock.ts"

/** Asks on which network file system a path lies, if on any. */
export type NetworkLook = (path: string) => Effect.Effect<Option.Option<string>, FileError>

export const NetworkLook = Context.Reference<NetworkLook>("@daybook/ledger/internal/Admission/NetworkLook", {
  defaultValue: () => networkFileSystem
})

export const refuseNetwork = ({ path }: Folder): Effect.Effect<void, LedgerError> =>
  Effect.flatMap(NetworkLook, (look) => look(path)).pipe(
    Effect.mapError(ofFile),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.void,
        onSome: (kind) => Effect.fail(new LedgerError({ reason: new NetworkFileSystem({ path, kind }) }))
      })
    )
  )

/** The kind of lock that the ledger names, if it is the one wanted and this system has it. */
export const lockKind = (
  { ledger }: Folder,
  wanted: WriterLock.LockKind | undefined
): Effect.Effect<WriterLock.LockKind, LedgerError> =>
  Effect.scoped(Segments.openLive(ledger, "read")).pipe(
    Effect.flatMap(({ header }) => WriterLock.agree(ledger, header.lock, wanted))
  )

export const admit = Effect.fnUntraced(function* (
  folder: Folder,
  kind: WriterLock.LockKind,
  key: FingerprintKey.FingerprintKey,
  header: Header
): Effect.fn.Return<void, LedgerError> {
  yield* WriterLock.agree(folder.ledger, header.lock, kind)
  if (header.check !== FingerprintKey.check(key)) {
    return yield* new LedgerError({ reason: new WrongKey({ path: folder.key, isMissing: false }) })
  }
})
