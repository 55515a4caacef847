/**
 * Makes the logins that stores show into members of the pool, once each, and notices what changed in their files.
 * Processes take turns, so that no login is enrolled twice.
 */
import * as RangeLock from "@daybook/files/RangeLock"
import { Ledger } from "@daybook/ledger/Ledger"
import { Providers } from "@daybook/oauth/Providers"
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { isAddress, labelLength } from "@daybook/pool/decisions/Membership"
import { isSamePlace } from "@daybook/pool/decisions/Recover"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import { CredentialId, type GrantId } from "@daybook/pool/Ids"
import { type Credential, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { isBlank } from "@daybook/pool/TokenSet"
import { isProfileOf } from "@daybook/vault/HermesProfiles"
import type { Login } from "@daybook/vault/Login"
import type { StoreError } from "@daybook/vault/StoreError"
import { Vault } from "@daybook/vault/Vault"
import { Effect, HashMap, Option, Schema } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { about, grantState, record } from "./GrantState.ts"
import { newCredentialId, newGrantId } from "./internal/NewIds.ts"
import { type How, notice } from "./Notice.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { dropIfRemoved, isRemoved } from "./RemovedByStore.ts"
import { holding, type Target, targetOf } from "./Target.ts"
import { memberBeside, ownerOf } from "./Twins.ts"

/** How many members' files are read side by side. */
const filesAtOnce = 8

/**
 * Reads every store once: new logins are enrolled, those that their program removed leave the pool, and newer tokens of
 * known ones are observed, though nothing could be enrolled. Answers what was unreadable.
 */
export const takeStock = Effect.fnUntraced(function* (home: string, how: How) {
  const { logins, problems } = yield* Vault.use((vault) => vault.logins)
  const providers = yield* Providers
  const ours = logins.filter(
    (login) =>
      !isBlank(login.tokens) && (login.kind === "apiKey" || providers.all.some(({ id }) => id === login.provider))
  )
  const ledger = yield* Ledger
  const fingerprints = yield* Fingerprints
  const before = yield* ledger.state
  const gone = yield* Effect.filter(members(before), isRemoved)
  const isDue = gone.length > 0 || ours.some((login) => isNew(fingerprints, before, login))
  const enrolled = yield* Effect.result(isDue ? enrolAll(home, ours) : Effect.void)
  const state = yield* ledger.state
  yield* Effect.forEach(members(state), (member) => Effect.ignore(notice(member, how)), {
    concurrency: filesAtOnce,
    discard: true
  })
  yield* Effect.fromResult(enrolled)
  return problems
})

/** Held while the pool's members come and go. Ends with the scope. */
export const enrolmentLock = Effect.fnUntraced(function* (home: string) {
  const { lockWait } = yield* PoolPolicy
  return yield* RangeLock.acquire(join(home, "enrolment.lock"), { timeout: lockWait })
})

/** One process at a time; what another enrolled meanwhile is found in the ledger then. */
const enrolAll = Effect.fnUntraced(function* (home: string, logins: ReadonlyArray<Login>) {
  yield* enrolmentLock(home)
  yield* Effect.forEach(members(yield* Ledger.use((ledger) => ledger.state)), (member) =>
    Effect.catchTag(dropIfRemoved(member), ["RefreshError", "StoreError"], passOver)
  )
  yield* Effect.forEach(logins, (login) => Effect.catchTag(enrolOnce(login), "RefreshError", passOver), {
    discard: true
  })
}, Effect.scoped)

/** A login whose store cannot be opened keeps no other from being enrolled. */
const passOver = ({ message }: RefreshError | StoreError) => Effect.logWarning(message)

const enrolOnce = Effect.fnUntraced(function* (login: Login) {
  const state = yield* Ledger.use((ledger) => ledger.state)
  if (!isNew(yield* Fingerprints, state, login)) return
  yield* enrolAs(login, idFor(state, login), yield* grantFor(credentialOf(state, login), login))
})

/** Only a pair that the ledger does not know begins a grant of its own: what was in doubt before is in doubt still. */
export const grantFor = Effect.fnUntraced(function* (former: Credential | undefined, login: Login) {
  const owner =
    login.ownership === "owned"
      ? ownerOf(yield* Ledger.use((ledger) => ledger.state), refreshOf(yield* Fingerprints, login))
      : undefined
  const other = owner?.grant ?? newGrantId()
  if (former === undefined) return other
  const target = yield* targetOf({ ...login, id: former.id, grant: former.grant })
  const { generation } = yield* holding(target, login.tokens)
  const standing = compareFound((yield* grantState(target)).grant, generation)
  return standing === "same" || standing === "stale" ? former.grant : other
})

/**
 * Under the enrolment lock. A grant that the ledger knows keeps what it knows; tokens that are news to it are observed. If
 * the login was taken over from another program's file, the member that borrowed it there gives way.
 */
export const enrolAs = Effect.fnUntraced(function* (
  login: Login,
  id: CredentialId,
  grant: GrantId,
  how: How = "enrol"
) {
  const target = yield* targetOf({ ...login, id, grant })
  const held = yield* holding(target, login.tokens)
  const isNews = compareFound((yield* grantState(target)).grant, held.generation) === "newer"
  const seen = about(target, "GenerationObserved", { generation: held.generation, where: login.store.kind, how })
  const replaced = login.store.kind === "own" ? yield* borrowedAs(login) : []
  return yield* record(
    enrolment(yield* Fingerprints, target, login),
    ...(isNews ? [seen] : []),
    ...replaced.map((member) => ({ ...removal(member), correlation: target.correlation }))
  )
})

/** A login's beginning as a member, as an event. */
export const enrolment = (fingerprints: Fingerprints["Service"], target: Target, login: Login): Draft => ({
  type: "CredentialEnrolled",
  v: 1,
  credential: target.credential.id,
  correlation: target.correlation,
  data: {
    provider: login.provider,
    kind: login.kind,
    grant: target.grant,
    ...recordedLabel(fingerprints, login.label),
    priority: login.priority,
    source: login.source,
    ownership: login.ownership,
    store: login.store
  }
})

const removal = ({ id }: Credential): Draft => ({
  type: "CredentialRemoved",
  v: 1,
  credential: id,
  data: { by: "operator" }
})

/** Members that borrow this very login, as it stands in their file now or as it was seen there last. */
const borrowedAs = Effect.fnUntraced(function* (login: Login) {
  const { provider } = login
  const state = yield* Ledger.use((ledger) => ledger.state)
  const name = refreshOf(yield* Fingerprints, login)
  const borrowed = members(state).filter((member) => member.ownership === "borrowed" && member.provider === provider)
  return yield* Effect.filter(borrowed, (member) =>
    name !== undefined && grantById(state, member.grant).current?.refresh === name
      ? Effect.succeed(true)
      : Effect.map(refreshIn(member), (refresh) => refresh !== undefined && refresh === name)
  )
})

const refreshIn = (member: Credential) =>
  Effect.gen(function* () {
    const { refresh } = yield* (yield* targetOf(member)).authority.read
    return refresh === undefined ? undefined : (yield* Fingerprints).of(refresh)
  }).pipe(Effect.orElseSucceed(() => undefined))

/**
 * What an operator removed does not come back by itself; what its own program removed does, when that adds it again. A
 * copy of a member's login stays out, until there is another login in its place.
 */
export const isNew = (fingerprints: Fingerprints["Service"], state: PoolState, login: Login): boolean =>
  !Array.from(HashMap.values(state.credentials)).some(
    (credential) => (credential.removedBy !== "store" && isFrom(credential, login)) || isCopyOf(credential, login)
  ) && originalOf(fingerprints, state, login) === undefined

/**
 * The member whose refresh token this login has too, as it is or as it was: it would be spent twice. A file that was moved
 * is no copy.
 */
const originalOf = (fingerprints: Fingerprints["Service"], state: PoolState, login: Login): Credential | undefined => {
  const owner = login.ownership === "owned" ? ownerOf(state, refreshOf(fingerprints, login)) : undefined
  return owner === undefined || owner.removed || isMissing(owner) ? undefined : owner
}

const isMissing = ({ store: { path } }: Credential): boolean => path !== undefined && !existsSync(path)

export const refreshOf = (
  fingerprints: Fingerprints["Service"],
  { tokens: { refresh } }: Login
): Fingerprint | undefined => (refresh === undefined ? undefined : fingerprints.of(refresh))

/** In a home that was copied or moved; served here, its tokens would be spent by two ledgers. */
const isCopyOf = ({ store }: Credential, login: Login): boolean =>
  store.kind === "own" &&
  login.store.kind === "own" &&
  store.slot === login.store.slot &&
  store.path !== login.store.path

/** It is the login in the place that the credential was enrolled from. */
export const isFrom = (
  credential: Pick<Credential, "provider" | "store">,
  login: Pick<Login, "provider" | "store">
): boolean => credential.provider === login.provider && isSamePlace(credential.store, login.store)

/** The member that this very login is. */
export const memberAt = (state: PoolState, login: Pick<Login, "provider" | "store">): Credential | undefined =>
  members(state).find((member) => isFrom(member, login))

const isId = Schema.is(CredentialId)

/** The store's own short name, unless another credential has it; one that the store's program removed comes back under it. */
export const idFor = (state: PoolState, login: Login): CredentialId =>
  login.id !== undefined && isId(login.id) && isFree(state, login.id, login) ? login.id : newCredentialId()

const isFree = (state: PoolState, id: CredentialId, login: Login): boolean =>
  Option.match(HashMap.get(state.credentials, id), {
    onNone: () => true,
    onSome: (credential) => credential.removedBy === "store" && isFrom(credential, login)
  })

/** An address names a person: only its fingerprint is recorded, and its store shows it. */
export const recordedLabel = (fingerprints: Fingerprints["Service"], label: string | undefined) => {
  if (label === undefined) return {}
  return isAddress(label) ? { labelFingerprint: fingerprints.ofText(label) } : { label: label.slice(0, labelLength) }
}

/** How a login that a store shows stands to the pool. */
export interface Standing {
  readonly login: Pick<Login, "provider" | "kind" | "store" | "source">
  /** The member that it is, or the removed credential that it was. */
  readonly credential: Credential | undefined
  /** The member of another place whose login it has a copy of. */
  readonly copyOf: Credential | undefined
  /** Its tokens are gone; there is nothing to enrol. */
  readonly blank: boolean
}

export interface Enrolled {
  readonly logins: ReadonlyArray<Standing>
  readonly problems: ReadonlyArray<StoreError>
}

/** The logins of one file, and of the profiles of a hermes file. */
export const enrolledFrom = Effect.fnUntraced(function* (path: string) {
  const { logins, problems } = yield* Vault.use((vault) => vault.logins)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const fingerprints = yield* Fingerprints
  return {
    logins: logins
      .filter(({ store }) => store.path === path || isInProfile(store, path))
      .map((login) => {
        const credential = credentialOf(state, login)
        const copyOf =
          credential?.removed === true
            ? memberBeside(state, login, refreshOf(fingerprints, login))
            : originalOf(fingerprints, state, login)
        return { login, credential, copyOf, blank: isBlank(login.tokens) }
      }),
    problems: problems.filter((problem) => problem.path === path)
  } satisfies Enrolled
})

const isInProfile = ({ kind, path }: Login["store"], root: string): boolean =>
  kind === "hermes" && path !== undefined && isProfileOf(root, path)

const credentialOf = (state: PoolState, login: Login): Credential | undefined =>
  memberAt(state, login) ??
  Array.from(HashMap.values(state.credentials)).findLast((credential) => isFrom(credential, login))
