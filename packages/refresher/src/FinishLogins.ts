/**
 * Gives a login its file that reached the stash and no store, because its process died in between or no store would
 * take it. From its file it is enrolled as any other.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import * as OwnStore from "@daybook/vault/OwnStore"
import { type Stashed, Stash } from "@daybook/vault/Stash"
import { Vault } from "@daybook/vault/Vault"
import { Effect } from "effect"
import { enrolmentLock } from "./Enrolment.ts"
import { stashName } from "./KeepLogin.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { isKnown } from "./Twins.ts"

/**
 * One process at a time. A login under way comes to its lock with its tokens in the stash already: if this was first, it
 * finds its entry gone, and stays in the file that it was given here.
 */
export const finishLogins = Effect.fnUntraced(function* (home: string) {
  if ((yield* leftOver).length === 0) return
  yield* enrolmentLock(home)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const inStores = yield* refreshTokensInStores
  yield* Effect.forEach(
    yield* leftOver,
    (login) => finish(home, (refresh) => inStores.has(refresh) || isKnown(state, refresh), login),
    { discard: true }
  )
}, Effect.scoped)

const leftOver = Effect.gen(function* () {
  const fingerprints = yield* Fingerprints
  const entries = yield* Stash.use((stash) => stash.list)
  return entries.filter(({ consumed, grant }) => consumed === stashName(fingerprints, grant))
})

/** A second place for a refresh token would be one login that two spend. */
const refreshTokensInStores = Effect.gen(function* () {
  const fingerprints = yield* Fingerprints
  const { logins } = yield* Vault.use((vault) => vault.logins)
  return new Set(logins.flatMap(({ tokens: { refresh } }) => (refresh === undefined ? [] : [fingerprints.of(refresh)])))
})

/** It may be in a store already, and even be known: then only the stash was not tidied up. */
const finish = Effect.fnUntraced(function* (
  home: string,
  isSomewhere: (refresh: Fingerprint) => boolean,
  { consumed, grant, provider, tokens }: Stashed
) {
  const name = tokens.refresh === undefined ? undefined : (yield* Fingerprints).of(tokens.refresh)
  if (name === undefined || !isSomewhere(name)) {
    yield* OwnStore.create(home, { grant, provider, source: "login", tokens }, (yield* PoolPolicy).lockWait).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "Unavailable" && reason.code === "EEXIST",
        () => Effect.void
      )
    )
  }
  yield* Stash.use((stash) => stash.remove(consumed))
})
