/**
 * What a policy makes of a model API's verdict: whether it benches the credential, and until when. And what ends a bench
 * before its time: a login that came from outside, or an operator.
 */
import type { Evidence } from "../Evidence.ts"
import type { GenerationRef } from "../Generation.ts"
import type { Instant } from "../Instant.ts"
import type { BenchRow, Policy } from "../Policy.ts"
import { type Credential, type Grant, grantById, members, type PoolState } from "../PoolState.ts"
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
 * Another program put another login in the place of this one: what the former met does not hold it back. A refresh is no
 * login, and ends nothing.
 */
export const endedByLogin = (
  state: PoolState,
  { current, id }: Grant,
  found: GenerationRef,
  now: Instant
): ReadonlyArray<Draft> =>
  current === undefined || isSameLogin(current, found)
    ? []
    : members(state).flatMap((credential) => (credential.grant === id ? ended(credential, now, "generation") : []))

/** A person knows better: the plan was paid, the limit lifted. */
export const endedByOperator = (credential: Credential, now: Instant): ReadonlyArray<Draft> =>
  ended(credential, now, "operator")

/** Of what has no refresh token, such as an API key, the access token is all there is. */
const isSameLogin = (current: GenerationRef, found: GenerationRef): boolean =>
  found.refresh === undefined ? found.access === current.access : found.refresh === current.refresh

/** Its own bench, and those of single models on it. */
const ended = (
  { cooldown, id, modelCooldowns }: Credential,
  now: Instant,
  by: "generation" | "operator"
): ReadonlyArray<Draft> => {
  const models = Array.from(modelCooldowns).flatMap(([model, { until }]) => (until > now ? [model] : []))
  const benches = [...((cooldown?.until ?? 0) > now ? [{}] : []), ...models.map((model) => ({ model }))]
  return benches.map((bench) => ({ type: "CooldownCleared", v: 1, credential: id, data: { by, ...bench } }))
}
