/**
 * Makes the logins that stores show into members of the pool, once each, and notices what changed in their files.
 * Processes take turns, so that no login is enrolled twice.
 */
import * as RangeLock from "@daybook/files/RangeLock"
import { Ledger } from "@daybook/ledger/Ledger"
import { Providers } from "@daybook/oauth/Providers"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import { CredentialId } from "@daybook/pool/Ids"
import { members, type PoolState } from "@daybook/pool/PoolState"
import type { RefreshError } from "@daybook/pool/RefreshError"
import type { StoreRef } from "@daybook/pool/StoreRef"
import { isBlank } from "@daybook/pool/TokenSet"
import type { Login } from "@daybook/vault/Login"
import { Vault } from "@daybook/vault/Vault"
import { Effect, HashMap, Schema } from "effect"
import { join } from "node:path"
import { about, record } from "./GrantState.ts"
import { newCredentialId, newGrantId } from "./internal/NewIds.ts"
import { type How, notice } from "./Notice.ts"
import { holding, targetOf } from "./Target.ts"

/** Reads every store once: new logins are enrolled, newer tokens of known ones are observed. Answers what was unreadable. */
export const takeStock = Effect.fnUntraced(function* (home: string, how: How) {
  const { logins, problems } = yield* Vault.use((vault) => vault.logins)
  const providers = yield* Providers
  const ours = logins.filter(
    (login) =>
      !isBlank(login.tokens) && (login.kind === "apiKey" || providers.all.some(({ id }) => id === login.provider))
  )
  const ledger = yield* Ledger
  const before = yield* ledger.state
  if (ours.some((login) => isNew(before, login))) yield* enrolAll(home, ours)
  const state = yield* ledger.state
  yield* Effect.forEach(members(state), (member) => Effect.ignore(notice(member, how)), { discard: true })
  return problems
})

/** One process at a time; what another enrolled meanwhile is found in the ledger then. */
const enrolAll = Effect.fnUntraced(function* (home: string, logins: ReadonlyArray<Login>) {
  yield* RangeLock.acquire(join(home, "enrolment.lock"), { timeout: "30 seconds" })
  yield* Effect.forEach(logins, (login) => Effect.catchTag(enrolOnce(login), "RefreshError", passOver), {
    discard: true
  })
}, Effect.scoped)

/** A login whose store cannot be opened keeps no other from being enrolled. */
const passOver = ({ message }: RefreshError) => Effect.logWarning(message)

const enrolOnce = Effect.fnUntraced(function* (login: Login) {
  const state = yield* Ledger.use((ledger) => ledger.state)
  if (!isNew(state, login)) return
  const id = idFor(state, login)
  const grant = newGrantId()
  const target = yield* targetOf({ ...login, id, grant })
  const held = yield* holding(target, login.tokens)
  const fingerprints = yield* Fingerprints
  yield* record(
    {
      type: "CredentialEnrolled",
      v: 1,
      credential: id,
      correlation: target.correlation,
      data: {
        provider: login.provider,
        kind: login.kind,
        grant,
        ...recordedLabel(fingerprints, login.label),
        priority: login.priority,
        source: login.source,
        ownership: login.ownership,
        store: login.store
      }
    },
    about(target, "GenerationObserved", { generation: held.generation, where: login.store.kind, how: "enrol" })
  )
})

/** A removed credential does not come back by itself. */
const isNew = (state: PoolState, login: Login): boolean =>
  !Array.from(HashMap.values(state.credentials)).some(
    (credential) => credential.provider === login.provider && isSameStore(credential.store, login.store)
  )

const isSameStore = (a: StoreRef, b: StoreRef): boolean => a.kind === b.kind && a.path === b.path && a.slot === b.slot

const isId = Schema.is(CredentialId)

/** The store's own short name, unless another credential has it. */
const idFor = (state: PoolState, login: Login): CredentialId =>
  login.id !== undefined && isId(login.id) && !HashMap.has(state.credentials, login.id) ? login.id : newCredentialId()

/** An address names a person: only its fingerprint is recorded, and its store shows it. */
const recordedLabel = (fingerprints: Fingerprints["Service"], label: string | undefined) => {
  if (label === undefined) return {}
  return label.includes("@") ? { labelFingerprint: fingerprints.ofText(label) } : { label: label.slice(0, 128) }
}
