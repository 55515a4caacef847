/**
 * A removed credential comes back, under a new id in the same place; the old one stays removed. What the ledger knows
 * of its tokens stays known: the new credential has the same grant, unless its place holds a new login by now.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { GrantId } from "@daybook/pool/Ids"
import { type Credential, grantById, members } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import type { Login } from "@daybook/vault/Login"
import * as OwnStore from "@daybook/vault/OwnStore"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Vault } from "@daybook/vault/Vault"
import { Effect, Option } from "effect"
import { enrolAs, enrolmentLock, grantFor, idFor, isFrom, refreshOf } from "./Enrolment.ts"
import { OperatorError, type OperatorErrorReason } from "./OperatorError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { removedReason } from "./Removal.ts"
import { memberBeside } from "./Twins.ts"

/** Nothing is recorded if it is a member, or its place has been enrolled again already. */
export const enrolAgain = Effect.fnUntraced(function* (home: string, former: Credential) {
  if (!former.removed) return []
  yield* enrolmentLock(home)
  const ledger = yield* Ledger
  if (members(yield* ledger.state).some((member) => isFrom(member, former))) return []
  const found = yield* inItsPlace(former)
  yield* refuseTwin(former, found)
  const login = found ?? (yield* fromQuarantine(home, former))
  if (login === undefined || isBlank(login.tokens)) {
    return yield* refuse(former, { _tag: "NoTokens", store: former.store.path ?? former.store.slot })
  }
  const id = idFor(yield* ledger.state, login)
  return yield* enrolAs(login, id, yield* grantFor(former, login))
}, Effect.scoped)

/** Before anything is written. What is not in its place is in quarantine, as the ledger knows it. */
const refuseTwin = Effect.fnUntraced(function* (former: Credential, found: Login | undefined) {
  const state = (yield* Ledger).known()
  const refresh =
    found === undefined ? grantById(state, former.grant).current?.refresh : refreshOf(yield* Fingerprints, found)
  const twin = memberBeside(state, former, refresh)
  if (twin !== undefined) return yield* refuse(former, { _tag: "Twin", member: twin.id })
})

const inItsPlace = Effect.fnUntraced(function* (former: Credential) {
  const surveys = yield* Vault.use(({ logins, recoverable }) => Effect.all([logins, recoverable]))
  const found = surveys.flatMap(({ logins }) => logins).find((login) => isFrom(former, login))
  const problem = surveys.flatMap(({ problems }) => problems).find(({ path }) => path === former.store.path)
  return found === undefined && problem !== undefined ? yield* problem : found
})

/** Daybook's own login was moved there when it was removed; its file is written again. */
const fromQuarantine = Effect.fnUntraced(function* (home: string, former: Credential) {
  const { current } = grantById((yield* Ledger).known(), former.grant)
  const name = current?.refresh ?? current?.access
  if (former.store.kind !== "own" || name === undefined) return undefined
  const entry = yield* Quarantine.use((quarantine) => quarantine.find(name))
  if (Option.isNone(entry) || entry.value.reason !== removedReason) return undefined
  const { label, provider, source, store } = former
  yield* OwnStore.create(
    home,
    {
      grant: GrantId.make(store.slot),
      provider,
      source,
      ...(label === undefined ? {} : { label }),
      tokens: entry.value.tokens
    },
    (yield* PoolPolicy).lockWait
  )
  return yield* inItsPlace(former)
})

const refuse = ({ id }: Credential, reason: OperatorErrorReason) =>
  Effect.fail(new OperatorError({ credential: id, reason }))
