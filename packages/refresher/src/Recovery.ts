/**
 * The last resort of a pool that has no token to give: if a login of its own is lost, the login of the same account in
 * another program's file is used beside it. Only in files that the pool was told of; nothing is written to any store, and
 * whatever goes wrong, the caller gets the error that was there before.
 */
import * as RangeLock from "@daybook/files/RangeLock"
import { Ledger } from "@daybook/ledger/Ledger"
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { isLost, recover, type RecoveryContext } from "@daybook/pool/decisions/Recover"
import { type Fingerprint, Fingerprints } from "@daybook/pool/Fingerprint"
import { isSame, refOf } from "@daybook/pool/Generation"
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import { bindingBench } from "@daybook/pool/queries/Account"
import { credentialStatus } from "@daybook/pool/queries/Status"
import { isBlank } from "@daybook/pool/TokenSet"
import type { Login } from "@daybook/vault/Login"
import { Vault } from "@daybook/vault/Vault"
import { Clock, Context, Effect, Layer, type Redacted } from "effect"
import { join } from "node:path"
import { enrolment, enrolmentLock, memberAt } from "./Enrolment.ts"
import { about, decide, grantState } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { confirm, isUnchanged, lookAt, type OthersLogin } from "./OthersLogin.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { readBorrowed } from "./ReadBorrowed.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { keptElsewhere } from "./KeptTokens.ts"
import { holding, type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export interface Recovered {
  readonly credential: Credential
  readonly held: Held
}

/** What of a caller's request matters here. */
export interface Wanted {
  readonly credential?: string
  readonly model?: string
  readonly failedToken?: Redacted.Redacted<string>
  readonly forceRefresh?: boolean
}

/** Nothing is recovered unless a pool provides the layer. */
export const Recovery = Context.Reference<{
  readonly recover: (provider: string, wanted: Wanted) => Effect.Effect<Recovered | undefined>
}>("@daybook/refresher/Recovery", { defaultValue: () => ({ recover: () => Effect.succeed(undefined) }) })

export const layer = (home: string) => Layer.effect(Recovery, make(home))

/** A found login, and the one of ours that it might stand in for. */
interface Case {
  readonly found: OthersLogin
  readonly lost: Credential
  readonly state: PoolState
  readonly context: RecoveryContext
}

const make = Effect.fnUntraced(function* (home: string) {
  const services = yield* Effect.context<RefreshServices>()
  const asked = new Map<string, Instant>()

  const recoverFrom = Effect.fnUntraced(function* (provider: string, wanted: Wanted) {
    const { logins } = yield* Vault.use((vault) => vault.recoverable)
    const offered = logins.filter((login) => login.provider === provider && isBorrowed(login))
    if (offered.length === 0) return undefined
    const refused = wanted.failedToken === undefined ? undefined : (yield* Fingerprints).of(wanted.failedToken)
    for (const login of offered) {
      const recovered = yield* tryOne(home, login, asked, wanted, refused)
      if (recovered !== undefined) return recovered
    }
    return undefined
  })

  return {
    recover: (provider: string, wanted: Wanted) =>
      wanted.credential !== undefined
        ? Effect.succeed(undefined)
        : recoverFrom(provider, wanted).pipe(
            Effect.provide(services),
            Effect.orElseSucceed(() => undefined)
          )
  }
})

/** What stands in a store that we may refresh is no other program's alone: it is used by opening that store. */
const isBorrowed = ({ kind, ownership }: Login): boolean => kind === "oauth" && ownership === "borrowed"

/** One recovery at a time on this machine, so that a login is asked about once; with nothing to recover none waits. */
const tryOne = Effect.fnUntraced(function* (
  home: string,
  login: Login,
  asked: Map<string, Instant>,
  wanted: Wanted,
  refused: Fingerprint | undefined
) {
  const member = yield* memberNow(login)
  if (member !== undefined) return yield* servedBy(member, wanted, refused)
  if ((yield* caseOf(login, asked)) === undefined) return undefined
  yield* RangeLock.acquire(join(home, "recovery.lock"), { timeout: (yield* PoolPolicy).lockWait })
  const adopted = yield* memberNow(login)
  if (adopted !== undefined) return yield* servedBy(adopted, wanted, refused)
  const one = yield* caseOf(login, asked)
  if (one === undefined || one.found.held.generation.access === refused) return undefined
  return yield* judge(home, one, asked)
}, Effect.scoped)

/** Another process may have been first. */
const memberNow = (login: Login) => Ledger.use((ledger) => Effect.map(ledger.state, (state) => memberAt(state, login)))

const servedBy = Effect.fnUntraced(function* (
  credential: Credential,
  { forceRefresh, model }: Wanted,
  refused: Fingerprint | undefined
) {
  const state = (yield* Ledger).known()
  const now = yield* Clock.currentTimeMillis
  const { word } = credentialStatus(state, credential, now)
  const benched = bindingBench(state, credential, now, model) !== undefined
  if (word !== "ok" || benched || forceRefresh === true) return undefined
  const want = { trigger: "expired" as const, ...(refused === undefined ? {} : { unwanted: refused }) }
  const { held } = yield* readBorrowed(yield* targetOf(credential), want)
  return { credential, held } satisfies Recovered
})

/** The first lost login of ours for which this one comes into question. */
const caseOf = Effect.fnUntraced(function* (login: Login, asked: Map<string, Instant>) {
  const found = yield* lookAt(login)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const now = yield* Clock.currentTimeMillis
  for (const lost of members(state).filter(({ provider }) => provider === login.provider)) {
    const context = { now, isMissing: yield* isMissing(state, lost, now), askedAt: asked.get(keyOf(found)) }
    const decision = recover(state, lost.id, { generation: found.held.generation, store: login.store }, context)
    if (decision._tag !== "Nothing") return { found, lost, state, context } satisfies Case
  }
  return undefined
})

const keyOf = ({ held: { generation } }: OthersLogin): string => `${generation.access} ${generation.refresh}`

/** Its store holds no tokens, and neither does this process nor the stash. */
const isMissing = Effect.fnUntraced(function* (state: PoolState, credential: Credential, now: Instant) {
  const { health } = grantById(state, credential.grant)
  if (health._tag === "Dead" || !isLost(state, credential, { isMissing: true, now })) return false
  const target = yield* targetOf(credential)
  if (!isBlank(yield* target.authority.read)) return false
  return (yield* keptElsewhere(target, (yield* grantState(target)).grant)) === undefined
})

const judge = Effect.fnUntraced(function* (home: string, one: Case, asked: Map<string, Instant>) {
  const { context, found, lost, state } = one
  const decision = recover(state, lost.id, offerOf(found), context)
  if (decision._tag === "Reject") yield* reject(one, decision.why)
  if (decision._tag !== "Adopt") return undefined
  asked.set(keyOf(found), context.now)
  const confirmation = yield* confirm(found)
  if (confirmation._tag === "Refused") {
    yield* reject(one, confirmation.why)
    return undefined
  }
  yield* enrolmentLock(home)
  return (yield* isStillSo(one)) ? yield* adopt(one) : undefined
})

const offerOf = ({ held, login }: OthersLogin) => ({ generation: held.generation, store: login.store })

/** Once for each generation: asking again later, after an outage, is no news if the answer is the same. */
const reject = Effect.fnUntraced(function* ({ found, lost, state }: Case, why: string) {
  const grant = grantById(state, lost.grant)
  const generation = refOf(found.held.generation)
  if (grant.rejected.some((one) => isSame(one.generation, generation))) return
  const target = yield* targetOf(lost)
  const data = { generation, from: found.login.store.kind, why: why.slice(0, 200) }
  yield* decide(target, grant.version, about(target, "RecoveryRejected", data, causeOf(state, lost)))
})

/** Somebody may have logged in while the provider was asked, here or in the other program. */
const isStillSo = Effect.fnUntraced(function* ({ context, found, lost, state: before }: Case) {
  const state = yield* Ledger.use((ledger) => ledger.state)
  const isNewer = ({ enrolledSeq, provider }: Credential) => provider === lost.provider && enrolledSeq > before.head
  if (members(state).some(isNewer) || !(yield* isUnchanged(found))) return false
  const target = yield* targetOf(lost)
  if (yield* isBack(target)) return false
  const now = yield* Clock.currentTimeMillis
  const again = { now, isMissing: context.isMissing && (yield* isMissing(state, lost, now)) }
  return recover(state, lost.id, offerOf(found), again)._tag === "Adopt"
})

/** Its own store holds another pair than the lost one. */
const isBack = Effect.fnUntraced(function* (target: Target) {
  const tokens = yield* target.authority.read
  if (isBlank(tokens)) return false
  const { generation } = yield* holding(target, tokens)
  return compareFound((yield* grantState(target)).grant, generation) === "newer"
})

/** A member of its own beside the lost one, in one append. */
const adopt = Effect.fnUntraced(function* ({ found, lost, state }: Case) {
  const { held, login, target } = found
  const ledger = yield* Ledger
  const cause = causeOf(state, lost)
  const begins = enrolment(yield* Fingerprints, target, { ...login, priority: lost.priority, ownership: "borrowed" })
  yield* ledger.append(
    [
      { ...begins, cause },
      about(target, "RecoveryAdopted", { generation: held.generation, from: login.store.kind }, cause)
    ],
    { expected: new Map([[lost.grant, grantById(state, lost.grant).version]]) }
  )
  ;(yield* TokenMemory).set(target.grant, held)
  const credential = members(yield* ledger.state).find(({ id }) => id === target.credential.id)
  return credential === undefined ? undefined : ({ credential, held } satisfies Recovered)
})

const causeOf = (state: PoolState, { grant }: Credential) => {
  const { health } = grantById(state, grant)
  return health._tag === "Dead" ? health.event : undefined
}
