/**
 * Where the tokens of a finished login go, and what is recorded of it. They reach the stash first, in space that was
 * taken before the login began; every step after that may fail, or the process die, and the login is still there: what
 * is left in the stash, or in a file that no event names, the next pool to open enrols.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import type { Provider } from "@daybook/oauth/Provider"
import { describe } from "@daybook/oauth/Describe"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import type { CredentialId, GrantId } from "@daybook/pool/Ids"
import { type Credential, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import type { StoreRef } from "@daybook/pool/StoreRef"
import type { TokenSet } from "@daybook/pool/TokenSet"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Quarantine } from "@daybook/vault/Quarantine"
import { type Reservation, Stash } from "@daybook/vault/Stash"
import { Clock, Effect, HashMap, Result } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { enrolmentLock, recordedLabel } from "./Enrolment.ts"
import { about, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { generationOf } from "./internal/GenerationOf.ts"
import { newCredentialId, newGrantId } from "./internal/NewIds.ts"
import { LogInError, type LogInReason } from "./LogInError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { type Renewal, renew } from "./RenewLogin.ts"
import { holding, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** What a new login is to become. */
export interface Place {
  readonly home: string
  readonly provider: Provider
  readonly label: string | undefined
  /** The credential that it must renew. */
  readonly credential: Credential | undefined
  /** It is a credential of its own, whatever else the pool has of the account. */
  readonly isNew: boolean
}

export interface Kept {
  readonly credential: CredentialId
  readonly provider: string
  readonly label: string | undefined
  readonly store: StoreRef
  /** It took the place of a former login. */
  readonly renewed: boolean
  readonly held: Held
}

export interface Prepared extends Place {
  readonly grant: GrantId
  readonly name: Fingerprint
  readonly reservation: Reservation
}

/** The stash entry of a login that is not in any store yet; `renews` is the credential in whose place it is to go, if any. */
export const stashName = (
  fingerprints: Fingerprints["Service"],
  grant: GrantId,
  renews: CredentialId | undefined
): Fingerprint => fingerprints.ofText(renews === undefined ? `login ${grant}` : `login ${grant} to ${renews}`)

/** Takes the space. A disk that is full by now is said before anybody logs in. */
export const prepare = Effect.fnUntraced(function* (place: Place) {
  const grant = newGrantId()
  const name = stashName(yield* Fingerprints, grant, place.credential?.id)
  const reservation = yield* Stash.use((stash) => stash.reserve(name))
  return { ...place, grant, name, reservation } satisfies Prepared
})

/** Run it uninterruptibly. */
export const keepLogin = Effect.fnUntraced(function* (prepared: Prepared, tokens: TokenSet) {
  const { grant, home, name, provider, reservation } = prepared
  const stashed = yield* Effect.result(reservation.commit(tokens, { grant, provider: provider.id }))
  const kept = yield* Effect.result(
    Effect.scoped(
      Effect.andThen(
        enrolmentLock(home),
        Effect.suspend(() => putInPlace(prepared, tokens, Result.isSuccess(stashed)))
      )
    )
  )
  if (Result.isFailure(kept)) {
    if (kept.failure._tag === "LogInError") return yield* kept.failure
    return yield* saved(prepared, tokens, Result.isSuccess(stashed), kept.failure.message)
  }
  yield* Effect.ignore(Stash.use((stash) => stash.remove(name)))
  return kept.success
})

const fail = ({ provider }: Place, reason: LogInReason) =>
  Effect.fail(new LogInError({ provider: provider.id, reason }))

/** No store took the login: says where it is all the same. */
const saved = Effect.fnUntraced(function* (prepared: Prepared, tokens: TokenSet, stashed: boolean, why: string) {
  const stash = yield* Stash
  if (stashed) {
    return yield* fail(prepared, { _tag: "NotEnrolled", path: stash.pathOf(prepared.name), why, byItself: true })
  }
  const { grant, home, name, provider } = prepared
  const aside = yield* Effect.result(setAside(home, name, { grant, provider: provider.id, tokens }))
  if (Result.isFailure(aside)) return yield* fail(prepared, { _tag: "NotKept", why: aside.failure.message })
  return yield* fail(prepared, { _tag: "NotEnrolled", path: aside.success, why, byItself: false })
})

/** Keeps a login where a person finds it, and answers where that is. */
export const setAside = Effect.fnUntraced(function* (
  home: string,
  name: Fingerprint,
  login: { readonly grant: GrantId; readonly provider: string; readonly tokens: TokenSet }
) {
  const at = yield* Clock.currentTimeMillis
  yield* Quarantine.use((quarantine) => quarantine.put(name, { ...login, reason: "Displaced", at }))
  return join(home, "quarantine", `${name}.json`)
})

const putInPlace = Effect.fnUntraced(function* (prepared: Prepared, tokens: TokenSet, stashed: boolean) {
  if (stashed && (yield* isTaken(prepared))) return yield* taken(prepared, tokens)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const former = prepared.credential ?? (yield* sameAccount(state, prepared, tokens))
  if (former === undefined) return yield* enrolNew(prepared, tokens)
  const renewal = yield* Effect.result(renew(former, tokens))
  if (Result.isSuccess(renewal) && renewal.success._tag === "Renewed")
    return yield* renewed(prepared, former, renewal.success)
  const own = yield* enrolNew(prepared, tokens)
  if (prepared.credential === undefined) return own
  yield* Effect.ignore(Stash.use((stash) => stash.remove(prepared.name)))
  return yield* fail(
    prepared,
    Result.isSuccess(renewal)
      ? { _tag: "AnotherAccount", credential: former.id, became: own.credential }
      : { _tag: "NotInPlace", credential: former.id, became: own.credential, why: renewal.failure.message }
  )
})

/** Between the stash and our lock, a pool that opened found the login there: it has a file of its own, or had one. */
const isTaken = Effect.fnUntraced(function* ({ grant, home, name }: Prepared) {
  const { path = "" } = OwnStore.refFor(home, grant)
  return existsSync(path) || !existsSync((yield* Stash).pathOf(name))
})

/** It stays where it is: a second place would be one login that two spend. */
const taken = Effect.fnUntraced(function* (prepared: Prepared, tokens: TokenSet) {
  const own = yield* enrolNew(prepared, tokens)
  if (prepared.credential === undefined) return own
  const why = "Another program opened the pool meanwhile, and enrolled the login by itself."
  const { id } = prepared.credential
  yield* Effect.ignore(Stash.use((stash) => stash.remove(prepared.name)))
  return yield* fail(prepared, { _tag: "NotInPlace", credential: id, became: own.credential, why })
})

/** A member of ours in Daybook's own store, a dead one first. Where either account is not known, they are two logins. */
const sameAccount = Effect.fnUntraced(function* (state: PoolState, { isNew, provider }: Prepared, tokens: TokenSet) {
  const { account } = generationOf(yield* Fingerprints, provider, tokens)
  if (isNew || account === undefined) return undefined
  const grantOf = ({ grant }: Credential) => grantById(state, grant)
  const same = members(state).filter(
    (member) =>
      member.provider === provider.id &&
      member.ownership === "owned" &&
      member.store.kind === "own" &&
      grantOf(member).current?.account === account
  )
  return same.find((member) => grantOf(member).health._tag === "Dead") ?? same[0]
})

const renewed = Effect.fnUntraced(function* (
  prepared: Prepared,
  { id, label, store }: Credential,
  { held, unrecorded }: Extract<Renewal, { readonly _tag: "Renewed" }>
) {
  if (unrecorded !== undefined) {
    yield* Effect.ignore(Stash.use((stash) => stash.remove(prepared.name)))
    const { path = store.slot } = store
    return yield* fail(prepared, { _tag: "NotEnrolled", path, why: unrecorded.message, byItself: true })
  }
  return { credential: id, provider: prepared.provider.id, label, store, renewed: true, held } satisfies Kept
})

/** A login of its own: the file first, then, in one append, what makes it a member. */
const enrolNew = Effect.fnUntraced(function* (prepared: Prepared, tokens: TokenSet) {
  const { grant, home, provider } = prepared
  const label = prepared.label ?? describe(provider, tokens).email
  const file = { grant, provider: provider.id, source: "login", ...(label === undefined ? {} : { label }), tokens }
  const store = yield* OwnStore.createLocked(home, file, (yield* PoolPolicy).lockWait).pipe(
    Effect.catchIf(isThere, () => Effect.succeed(OwnStore.refFor(home, grant)))
  )
  const state = yield* Ledger.use((ledger) => ledger.state)
  const before = memberIn(state, store)
  const credential = {
    id: before?.id ?? newCredentialId(),
    grant: before?.grant ?? grant,
    provider: provider.id,
    kind: "oauth",
    ownership: "owned",
    store
  } as const
  const target = yield* targetOf(credential)
  const held = yield* holding(target, tokens)
  const enrolled = about(target, "CredentialEnrolled", {
    provider: provider.id,
    kind: "oauth",
    ...recordedLabel(yield* Fingerprints, label),
    priority: 0,
    source: "login",
    ownership: "owned",
    store
  })
  const seen = about(target, "GenerationObserved", { generation: held.generation, where: store.kind, how: "login" })
  yield* record(...(before === undefined ? [enrolled, seen] : []), about(target, "LoginCompleted", {}))
  ;(yield* TokenMemory).set(target.grant, held)
  return { credential: credential.id, provider: provider.id, label, store, renewed: false, held } satisfies Kept
}, Effect.scoped)

/** A pool that opened meanwhile may have found the login in the stash. */
const isThere = ({ reason }: { readonly reason: { readonly _tag: string; readonly code?: string } }): boolean =>
  reason._tag === "Unavailable" && reason.code === "EEXIST"

const memberIn = (state: PoolState, { kind, slot }: StoreRef): Credential | undefined =>
  Array.from(HashMap.values(state.credentials)).find(({ store }) => store.kind === kind && store.slot === slot)
