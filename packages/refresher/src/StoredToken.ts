/**
 * A token that may be served as it stands in its store, for a process that only looks: no lock, no request, no write.
 * Whatever is not plainly so is left to a pool, which may write and send.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { isCarriable } from "@daybook/oauth/ApiRequest"
import { lacksScope } from "@daybook/oauth/Describe"
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { isHeldBack } from "@daybook/pool/decisions/KeepAlive"
import { rank } from "@daybook/pool/decisions/Rank"
import { Fingerprints } from "@daybook/pool/Fingerprint"
import type { Instant } from "@daybook/pool/Instant"
import { type Credential, type Grant, grantById, type PoolState } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Vault } from "@daybook/vault/Vault"
import { Clock, Effect, Result } from "effect"
import { isNew } from "./Enrolment.ts"
import { isDue, isEnding, isServable } from "./Freshness.ts"
import { type Held, recalling } from "./Held.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { candidates, type Wanted } from "./Selection.ts"
import { holding, type Target, targetOf } from "./Target.ts"

export interface StoredToken {
  readonly credential: Credential
  readonly held: Held
  /** It is time for the next one; this one is good meanwhile. */
  readonly isDue: boolean
}

/** Of the credential that a pool would ask first; nothing if that one's token is not what the ledger says is current. */
export const storedToken = Effect.fnUntraced(
  function* (provider: string, wanted: Wanted) {
    const now = yield* Clock.currentTimeMillis
    const state = yield* Ledger.use((ledger) => ledger.state)
    const choice = candidates(state, provider, wanted, now)
    if (Result.isFailure(choice) || (yield* hasNews(state, provider))) return undefined
    const policy = yield* PoolPolicy
    const [first] = rank(state, policy, choice.success.eligible, { now, turn: 0, leases: none, uncounted: none })
    return first === undefined ? undefined : yield* tokenOf(state, first, now)
  },
  Effect.orElseSucceed(() => undefined)
)

const none = () => 0

/** A store could not be read, or shows a login that is not in the pool yet. */
const hasNews = Effect.fnUntraced(function* (state: PoolState, provider: string) {
  const { logins, problems } = yield* Vault.use((vault) => vault.logins)
  const fingerprints = yield* Fingerprints
  const offered = logins.filter((login) => login.provider === provider && !isBlank(login.tokens))
  return problems.length > 0 || offered.some((login) => isNew(fingerprints, state, login))
})

const tokenOf = Effect.fnUntraced(function* (state: PoolState, credential: Credential, now: Instant) {
  const target = yield* targetOf(credential)
  const grant = grantById(state, credential.grant)
  const held = recalling(yield* holding(target, yield* target.authority.read), undefined, grant.current)
  if (!isCurrent(grant, held) || !isServable(held, now) || !isOfUse(target, held)) return undefined
  return yield* whileItLasts(target, credential, grant, held, now)
})

/** Otherwise a pool says what is wrong with it, and goes on to the next one. */
const isOfUse = ({ provider }: Target, { tokens }: Held): boolean =>
  isCarriable(tokens) && lacksScope(provider, tokens) === undefined

const isCurrent = (grant: Grant, { generation }: Held): boolean =>
  grant.current?.access !== undefined &&
  compareFound(grant, generation) === "same" &&
  grant.current.access !== grant.refusedAccess?.access &&
  grant.health._tag !== "Dead"

/** Near its end a caller waits for the next one, if there can be one. */
const whileItLasts = Effect.fnUntraced(function* (
  { provider: { skewMillis } }: Target,
  credential: Credential,
  grant: Grant,
  held: Held,
  now: Instant
) {
  const isOurs = credential.kind === "oauth" && credential.ownership === "owned"
  const { mandatoryWindow } = yield* PoolPolicy
  if (isOurs && isEnding(held, now, skewMillis, mandatoryWindow)) return undefined
  const mayRefresh = isOurs && grant.open === undefined && !isHeldBack(grant, now)
  return { credential, held, isDue: mayRefresh && isDue(held, now, skewMillis) } satisfies StoredToken
})
