/**
 * Gives a login its file that reached the stash and no store, because its process died in between or no store would
 * take it. From its file it is enrolled in the usual way. Where it may have been in a store, and its token spent by the
 * program of that store, it is only set aside.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import type { Credential } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import * as OwnStore from "@daybook/vault/OwnStore"
import { type Stashed, Stash } from "@daybook/vault/Stash"
import { Vault } from "@daybook/vault/Vault"
import { Effect, HashMap } from "effect"
import { enrolmentLock } from "./Enrolment.ts"
import { grantState } from "./GrantState.ts"
import { setAside, stashName } from "./KeepLogin.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { holding, targetOf } from "./Target.ts"
import { isKnown } from "./Twins.ts"

interface LeftOver extends Stashed {
  /** In whose place it was to go, if a person named one. */
  readonly renews: Credential | undefined
}

/**
 * One process at a time. A login under way comes to its lock with its tokens in the stash already: if this was first, it
 * finds its entry gone, and stays in the file that it was given here. A store that cannot be read may hold any of them,
 * so that nothing is done until it can.
 */
export const finishLogins = Effect.fnUntraced(function* (home: string) {
  if ((yield* leftOver).length === 0) return
  yield* enrolmentLock(home)
  const { logins, problems } = yield* Vault.use((vault) => vault.logins)
  const [problem] = problems
  if (problem !== undefined) return yield* later(problem.message)
  const fingerprints = yield* Fingerprints
  const inStores = new Set(
    logins.flatMap(({ tokens: { refresh } }) => (refresh === undefined ? [] : [fingerprints.of(refresh)]))
  )
  yield* Effect.forEach(
    yield* leftOver,
    (login) => Effect.catch(finish(home, inStores, login), ({ message }) => later(message)),
    { discard: true }
  )
}, Effect.scoped)

const later = (why: string) =>
  Effect.logWarning(
    `A login that was left unfinished waits in the stash: ${why} The next program that opens the pool looks again.`
  )

const leftOver = Effect.gen(function* () {
  const fingerprints = yield* Fingerprints
  const { credentials } = yield* Ledger.use((ledger) => ledger.state)
  const entries = yield* Stash.use((stash) => stash.list)
  return entries.flatMap((entry): ReadonlyArray<LeftOver> => {
    const isFor = (renews: Credential | undefined) =>
      entry.consumed === stashName(fingerprints, entry.grant, renews?.id)
    const renews = Array.from(HashMap.values(credentials)).find(isFor)
    return renews !== undefined || isFor(undefined) ? [{ ...entry, renews }] : []
  })
})

/** It may be in a store already, or be known: then only the stash was not tidied up. A second place would be one login that two spend. */
const finish = Effect.fnUntraced(function* (home: string, inStores: ReadonlySet<Fingerprint>, login: LeftOver) {
  const { consumed, grant, provider, renews, tokens } = login
  const refresh = tokens.refresh === undefined ? undefined : (yield* Fingerprints).of(tokens.refresh)
  const state = yield* Ledger.use((ledger) => ledger.state)
  if (refresh === undefined || !(inStores.has(refresh) || isKnown(state, refresh))) {
    if (renews !== undefined && (yield* isMovedOn(renews))) yield* putAside(home, login, renews)
    else yield* putInFile(home, { grant, provider, source: "login", tokens })
  }
  yield* Stash.use((stash) => stash.remove(consumed))
})

/** Its store holds tokens of the account that nobody here has seen: they may have come of this login. */
const isMovedOn = Effect.fnUntraced(function* (credential: Credential) {
  const target = yield* targetOf(credential)
  const tokens = yield* target.authority.read
  if (isBlank(tokens)) return false
  const { generation } = yield* holding(target, tokens)
  return compareFound((yield* grantState(target)).grant, generation) === "newer"
})

const putAside = Effect.fnUntraced(function* (home: string, login: LeftOver, { id }: Credential) {
  const { consumed, grant, provider, tokens } = login
  const path = yield* setAside(home, consumed, { grant, provider, tokens })
  yield* Effect.logWarning(
    `A login to ${id} was left unfinished. Its store holds newer tokens, which may have come of it, so it is not used: it is kept in ${path}. Log in again if ${id} does not work.`
  )
})

const putInFile = Effect.fnUntraced(function* (home: string, file: OwnStore.NewLogin) {
  yield* OwnStore.create(home, file, (yield* PoolPolicy).lockWait).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "Unavailable" && reason.code === "EEXIST",
      () => Effect.void
    )
  )
})
