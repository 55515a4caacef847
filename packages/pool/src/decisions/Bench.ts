/**
 * What a policy makes of a model API's verdict: whether it benches the credential, and until when. And what ends a bench
 * before its time, for the credential and for its account: a new login, an operator, an accepted call, a quota that is free
 * again.
 */
import type { Evidence } from "../Evidence.ts"
import type { EventOf } from "../Event.ts"
import type { Generation, GenerationRef } from "../Generation.ts"
import type { Instant } from "../Instant.ts"
import type { BenchRow, Policy } from "../Policy.ts"
import { type Credential, type Grant, grantById, members, type PoolState } from "../PoolState.ts"
import { allBenchesOf, type Bench, generationOf, isOfTheAccount, isSameQuota, onAccountOf } from "../queries/Account.ts"
import type { Draft } from "../Recorded.ts"
import type { ApiVerdict, ApiVerdictName } from "../Verdict.ts"

export interface Refused {
  readonly verdict: ApiVerdict
  readonly evidence: Evidence
  /** Nobody else could take its place. */
  readonly sole: boolean
  readonly now: Instant
}

/** The end of the bench; absent if this is no reason for one. */
export const benchedUntil = (policy: Policy, refused: Refused): Instant | undefined => {
  const length = lengthOf(policy, refused)
  return length === undefined
    ? undefined
    : Math.min(namedEnd(policy, refused) ?? refused.now + length, refused.now + policy.cooldownMost)
}

/** No other credential of its provider is alive and may be used. */
export const isSole = (state: PoolState, { id, provider }: Credential): boolean =>
  members(state).every(
    (other) =>
      other.id === id ||
      other.provider !== provider ||
      other.operator === "paused" ||
      grantById(state, other.grant).health._tag === "Dead"
  )

const lengthOf = (policy: Policy, refused: Refused): number | undefined => {
  const usual: { readonly [Verdict in ApiVerdictName]?: number } = policy.cooldown
  const usually = usual[refused.verdict.verdict]
  const row = policy.benches.find((row) => matches(row, refused, usually !== undefined))
  return row?.millis ?? usually
}

const matches = (row: BenchRow, { evidence, sole, verdict }: Refused, isUsual: boolean): boolean =>
  (row.verdicts?.includes(verdict.verdict) ?? isUsual) &&
  (row.statuses === undefined || (evidence.status !== undefined && row.statuses.includes(evidence.status))) &&
  (row.withoutCodes === undefined || !row.withoutCodes.includes(evidence.code?.toLowerCase() ?? "")) &&
  (row.sole === undefined || sole)

const namedEnd = (policy: Policy, { evidence, now, verdict }: Refused): Instant | undefined =>
  verdict.until ??
  (policy.anyReset && evidence.retryAfter !== undefined && evidence.retryAfter > now ? evidence.retryAfter : undefined)

/**
 * Somebody put another login in the place of this one: what the former met does not hold it back, nor what its account met
 * through another login. A refresh is no login, and ends nothing.
 */
export const endedByLogin = (
  state: PoolState,
  { current, id }: Grant,
  found: Generation,
  now: Instant
): ReadonlyArray<Draft> => {
  if (current === undefined || isSameLogin(current, found)) return []
  const whose = { ...current, ...found }
  const own = members(state).filter(({ grant }) => grant === id)
  const providers = new Set(own.map(({ provider }) => provider))
  const others = members(state).filter(
    (other) => other.grant !== id && providers.has(other.provider) && isSameQuota(generationOf(state, other), whose)
  )
  return [
    ...own.flatMap((credential) => ended(allBenchesOf(credential, now), "generation")),
    ...others.flatMap((credential) => ended(ofTheAccount(credential, now), "generation"))
  ]
}

/** A person knows better: the plan was paid, the limit lifted. */
export const endedByOperator = (state: PoolState, credential: Credential, now: Instant): ReadonlyArray<Draft> =>
  ended([...allBenchesOf(credential, now), ...ofMates(state, credential, now)], "operator")

/** An accepted call shows that the credential may be used, with its model if it names one; and what it shows of its account. */
export const endedBySuccess = (
  state: PoolState,
  credential: Credential,
  model: string | undefined,
  now: Instant
): ReadonlyArray<Draft> => {
  const benches = [...allBenchesOf(credential, now), ...ofMates(state, credential, now)]
  return ended(
    benches.filter((bench) => bench.model === undefined || bench.model === model),
    "success"
  )
}

/** The provider says that what was used up is free again. */
export const endedByProbe = (state: PoolState, credential: Credential, now: Instant): ReadonlyArray<Draft> =>
  ended(
    onAccountOf(state, credential)
      .flatMap((one) => allBenchesOf(one, now))
      .filter(({ model, reason }) => model === undefined && reason === "QuotaExhausted"),
    "probe"
  )

/** Of what has no refresh token, such as an API key, the access token is all there is. */
const isSameLogin = (current: GenerationRef, found: GenerationRef): boolean =>
  found.refresh === undefined ? found.access === current.access : found.refresh === current.refresh

const ofMates = (state: PoolState, credential: Credential, now: Instant): ReadonlyArray<Bench> =>
  onAccountOf(state, credential)
    .slice(1)
    .flatMap((other) => ofTheAccount(other, now))

const ofTheAccount = (credential: Credential, now: Instant): ReadonlyArray<Bench> =>
  allBenchesOf(credential, now).filter(isOfTheAccount)

const ended = (benches: ReadonlyArray<Bench>, by: EventOf<"CooldownCleared">["data"]["by"]): ReadonlyArray<Draft> =>
  benches.map(({ model, of }) => ({
    type: "CooldownCleared",
    v: 1,
    credential: of,
    data: { by, ...(model === undefined ? {} : { model }) }
  }))
