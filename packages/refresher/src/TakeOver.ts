/**
 * A hermes file gets another ledger. What the former one keeps in its stash, because the file would not take it, is not
 * known here: the file holds the token that was spent for it then, and must not come under a ledger that would send it.
 */
import { fingerprints, make as keyOf } from "@daybook/ledger/FingerprintKey"
import type { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Owner } from "@daybook/vault/Binding"
import * as HermesStore from "@daybook/vault/HermesStore"
import type { Login } from "@daybook/vault/Login"
import { Stash, type Stashed } from "@daybook/vault/Stash"
import { StoreError } from "@daybook/vault/StoreError"
import { Vault } from "@daybook/vault/Vault"
import { Effect, Option } from "effect"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { PoolPolicy } from "./PoolPolicy.ts"

/** Answers whose it was, if it was another's. */
export const takeOver = Effect.fnUntraced(function* (path: string, ledger: Owner) {
  const vault = yield* Vault
  const former = yield* HermesStore.takeOver(path, ledger, (yield* PoolPolicy).lockWait, (owner) =>
    owner.id === ledger.id ? Effect.void : hasNothingToStore(path, vault, owner)
  )
  return Option.filter(former, ({ id }) => id !== ledger.id)
})

/** A ledger that is not there any more, or not ours to read, has nothing that anybody could store. */
const hasNothingToStore = Effect.fnUntraced(function* (path: string, vault: Vault["Service"], former: Owner) {
  const theirs = yield* Effect.option(fingerprintsOf(former))
  if (Option.isNone(theirs)) return
  const stashed = yield* Stash.use((stash) => stash.list).pipe(
    Effect.provide(Stash.layer(former.folder)),
    Effect.orElseSucceed((): ReadonlyArray<Stashed> => [])
  )
  const { logins } = yield* vault.logins
  const shown = logins.filter(({ store }) => store.path === path)
  if (!stashed.some((entry) => isAwaited(theirs.value, shown, entry))) return
  const why = `the ledger in ${former.folder} has newer tokens for it, which it has not taken yet. See that it can be written, let that ledger store them (\`daybook --home ${former.folder} enrol ${path}\`), and take it over then`
  return yield* new StoreError({ operation: "lock", path, reason: { _tag: "ReadOnly", why, owner: former.folder } })
})

/** The file still has the token that was spent for these. */
const isAwaited = (
  { of }: Fingerprints["Service"],
  shown: ReadonlyArray<Login>,
  { consumed, tokens }: Stashed
): boolean =>
  (tokens.refresh === undefined || of(tokens.refresh) !== consumed) &&
  shown.some((login) => login.tokens.refresh !== undefined && of(login.tokens.refresh) === consumed)

const fingerprintsOf = ({ folder }: Owner) =>
  Effect.map(
    Effect.tryPromise(() => readFile(join(folder, "fingerprint.key"))),
    (bytes) => fingerprints(keyOf(bytes))
  )
