/** The key that lies beside a ledger, for whoever must know that it is the right one. */
import { Effect, Option } from "effect"
import type { Fingerprints } from "@daybook/pool/Fingerprint"
import * as FingerprintKey from "./FingerprintKey.ts"
import * as Folder from "./internal/Folder.ts"
import * as Segments from "./internal/Segments.ts"
import { LedgerError, WrongKey } from "./LedgerError.ts"

/** Fails with `WrongKey` if it is missing, or is not the key that the ledger was begun with. */
export const open = Effect.fnUntraced(function* (path: string): Effect.fn.Return<Fingerprints["Service"], LedgerError> {
  const folder = Folder.at(path)
  const { header } = yield* Effect.scoped(Segments.openNewest(folder.ledger))
  const key = Option.getOrUndefined(yield* Folder.readKey(folder))
  if (key === undefined || FingerprintKey.check(key) !== header.check) {
    return yield* new LedgerError({ reason: new WrongKey({ path: folder.key, isMissing: key === undefined }) })
  }
  return FingerprintKey.fingerprints(key)
})
