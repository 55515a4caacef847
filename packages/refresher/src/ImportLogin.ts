/**
 * Makes another program's login a member of the pool: borrowed, with nothing but its access token used, or taken over as
 * our own. In both cases its provider is asked about it first, with a question that spends nothing; the other program's
 * file is only ever read, and nothing is sent to the token endpoint.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { flawOf } from "@daybook/pool/decisions/Recover"
import { type Credential, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Login } from "@daybook/vault/Login"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Clock, Context, Effect, Layer } from "effect"
import { enrolAs, enrolmentLock, idFor, memberAt } from "./Enrolment.ts"
import { ImportError, type ImportReason } from "./ImportError.ts"
import { newCredentialId, newGrantId } from "./internal/NewIds.ts"
import { confirm, isUnchanged, lookAt, type OthersLogin } from "./OthersLogin.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { has, isPast, ownerOf } from "./Twins.ts"

/** What a person may want to know before anything is done. */
export interface Looked extends OthersLogin {
  /** The member that borrows it from this very place. */
  readonly member: Credential | undefined
  /** Other members of the same account: all of them are one quota. */
  readonly sameAccount: ReadonlyArray<Credential>
}

export interface Imported {
  readonly credential: CredentialId
  /** False if the provider has no endpoint to ask, so that only the form was checked. */
  readonly isAccepted: boolean
  /** Members that borrowed it, and gave way. */
  readonly replaced: ReadonlyArray<CredentialId>
}

const make = Effect.fnUntraced(function* (home: string) {
  const services = yield* Effect.context<RefreshServices>()
  const here = <A, E>(effect: Effect.Effect<A, E, RefreshServices>) => Effect.provide(effect, services)
  return {
    look: (login: Login) => here(look(login)),
    borrow: (looked: Looked) => here(borrow(home, looked)),
    takeOver: (looked: Looked) => here(takeOver(home, looked))
  }
})

export class ImportLogin extends Context.Service<ImportLogin, Effect.Success<ReturnType<typeof make>>>()(
  "@daybook/refresher/ImportLogin"
) {
  static readonly layer = (home: string) => Layer.effect(ImportLogin, make(home))
}

const look = Effect.fnUntraced(function* (login: Login) {
  const found = yield* lookAt(login)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const member = memberAt(state, login)
  return { ...found, member, sameAccount: ofAccount(state, found).filter(({ id }) => id !== member?.id) }
})

const ofAccount = (state: PoolState, { held, login }: OthersLogin): ReadonlyArray<Credential> => {
  const { account } = held.generation
  return members(state).filter(
    ({ grant, provider }) =>
      account !== undefined && provider === login.provider && grantById(state, grant).current?.account === account
  )
}

const borrow = Effect.fnUntraced(function* (home: string, found: Looked) {
  const isAccepted = yield* validate(found)
  const state = yield* unchanged(home, found)
  const before = memberAt(state, found.login)
  if (before !== undefined) return { credential: before.id, isAccepted, replaced: [] } satisfies Imported
  yield* refuseTwin(state, found, members(state))
  const id = idFor(state, found.login)
  yield* enrolAs({ ...found.login, ownership: "borrowed" }, id, newGrantId(), "import")
  return { credential: id, isAccepted, replaced: [] } satisfies Imported
}, Effect.scoped)

/**
 * The copy is written first. If nobody lives to enrol it, the next pool that opens does, and the member that borrowed the
 * login gives way to it then: no step leaves the login lost, or twice in the pool.
 */
const takeOver = Effect.fnUntraced(function* (home: string, found: Looked) {
  const isAccepted = yield* validate(found)
  const { lockWait } = yield* PoolPolicy
  const state = yield* unchanged(home, found)
  const owner = ownerOf(state, found.held.generation.refresh)
  yield* refuseTwin(state, found, owner === undefined ? [] : [owner])
  const { login } = found
  const source = `import:${login.source}`
  const id = newCredentialId()
  const grant = owner?.grant ?? newGrantId()
  const copy = { grant, provider: login.provider, source, tokens: login.tokens }
  const events = yield* Effect.uninterruptible(
    Effect.flatMap(OwnStore.create(home, copy, lockWait), (store) =>
      enrolAs({ ...login, store, source, ownership: "owned" }, id, grant, "import")
    )
  )
  const replaced = events.flatMap((event) => (event.type === "CredentialRemoved" ? [event.credential] : []))
  return { credential: id, isAccepted, replaced } satisfies Imported
}, Effect.scoped)

/** In memory. True if the provider said yes. */
const validate = Effect.fnUntraced(function* (found: OthersLogin) {
  if (found.login.ownership !== "borrowed") return yield* refuse(found, { _tag: "Shared" })
  const flaw = flawOf(found.held.generation, yield* Clock.currentTimeMillis)
  if (flaw !== undefined) return yield* refuse(found, { _tag: "Flawed", why: flaw })
  const confirmation = yield* confirm(found)
  if (confirmation._tag === "Refused") return yield* refuse(found, confirmation)
  return confirmation._tag === "Accepted"
})

/** Nobody else enrols from here on, and the file still holds the very pair that was validated. */
const unchanged = Effect.fnUntraced(function* (home: string, found: OthersLogin) {
  yield* enrolmentLock(home)
  if (!(yield* isUnchanged(found))) return yield* refuse(found, { _tag: "Changed" })
  return yield* Ledger.use((ledger) => ledger.state)
})

/** Two members with one refresh token would be one login that is counted, and dies, twice; a spent one is none at all. */
const refuseTwin = (state: PoolState, found: OthersLogin, among: ReadonlyArray<Credential>) => {
  const { refresh } = found.held.generation
  const twin = among.find((one) => has(state, one, refresh) && (!one.removed || isPast(state, one, refresh)))
  return twin === undefined ? Effect.void : refuse(found, { _tag: "Twin", twin, spent: isPast(state, twin, refresh) })
}

const refuse = ({ login, target }: OthersLogin, reason: ImportReason) =>
  Effect.fail(
    new ImportError({
      path: login.store.path ?? login.store.slot,
      owner: target.authority.whyReadOnly ?? "another program has it",
      reason
    })
  )
