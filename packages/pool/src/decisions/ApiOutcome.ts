/**
 * What follows from an answer of the model API to a credential. It concerns the generation whose access
 * token was sent; if the grant has moved on since, it is recorded and changes nothing.
 */
import type { Evidence } from "../Evidence.ts"
import type { GenerationRef } from "../Generation.ts"
import type { CredentialId, EventId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { grantById, type Credential, type Grant, type PoolState } from "../PoolState.ts"
import { bindingCooldown } from "../queries/Account.ts"
import type { Draft } from "../Recorded.ts"
import type { ApiVerdict } from "../Verdict.ts"
import { benchedUntil, endedBySuccess, isSole } from "./Bench.ts"
import { quarantineOf } from "./ClassifyFailure.ts"

export interface ApiRefusal {
  readonly credential: Credential
  readonly generation: GenerationRef
  readonly evidence: Evidence
  readonly verdict: ApiVerdict
  readonly model?: string
  readonly now: Instant
  readonly policy: Policy
  readonly classifier: number
  /** For the observation and for the conclusion, so that one can name the other. */
  readonly ids: readonly [observed: EventId, classified: EventId]
}

/** The observation, its classification, and what is decided from it. */
export const concludeApiRefusal = (state: PoolState, refusal: ApiRefusal): ReadonlyArray<Draft> => [
  observed(refusal),
  classified(refusal),
  ...(mayDecide(grantById(state, refusal.credential.grant), refusal) ? decided(state, refusal) : [])
]

export interface ApiAcceptance {
  readonly credential: Credential
  readonly generation: GenerationRef
  readonly model?: string | undefined
  readonly now: Instant
}

/** Recorded at once for the first acceptance of a generation, and for one after a refusal or during a bench. */
export const concludeApiAcceptance = (
  state: PoolState,
  { credential, generation, model, now }: ApiAcceptance
): ReadonlyArray<Draft> => {
  const grant = grantById(state, credential.grant)
  const isNews = credential.lastAccepted?.access !== generation.access || grant.refusedInARow > 0
  const cooled = endedBySuccess(state, credential, model, now)
  return isNews || cooled.length > 0 ? [accepted(credential.id, generation), ...cooled] : []
}

/** Accepted calls that said nothing new are counted, and recorded together. */
export interface Counted {
  readonly credential: CredentialId
  readonly generation: GenerationRef
  readonly count: number
  /** When the last of them was accepted. */
  readonly last: Instant
}

export const acceptances = ({ count, credential, generation, last }: Counted): Draft => ({
  type: "ApiOutcomeObserved",
  v: 1,
  credential,
  data: { generation, accepted: true, count, last }
})

const accepted = (credential: CredentialId, generation: GenerationRef): Draft => ({
  type: "ApiOutcomeObserved",
  v: 1,
  credential,
  data: { generation, accepted: true, count: 1 }
})

const observed = ({ credential, evidence, generation, ids, model }: ApiRefusal): Draft => ({
  type: "ApiOutcomeObserved",
  v: 1,
  id: ids[0],
  credential: credential.id,
  data: { generation, accepted: false, count: 1, evidence, ...(model === undefined ? {} : { model }) }
})

const classified = ({ classifier, credential, generation, ids, verdict }: ApiRefusal): Draft => ({
  type: "ErrorClassified",
  v: 1,
  id: ids[1],
  credential: credential.id,
  cause: ids[0],
  data: {
    grant: credential.grant,
    of: ids[0],
    generation,
    surface: "api",
    verdict: verdict.verdict,
    rule: verdict.rule,
    classifier,
    ...(verdict.until === undefined ? {} : { retryAt: verdict.until })
  }
})

/** Not past the generation that was sent, not of one that is dead already, and not of a grant that a newer program wrote about. */
const mayDecide = ({ blocked, current, health }: Grant, { generation }: ApiRefusal): boolean =>
  !blocked && health._tag !== "Dead" && current?.access === generation.access

const decided = (state: PoolState, refusal: ApiRefusal): ReadonlyArray<Draft> => {
  const { credential, evidence, now, policy, verdict } = refusal
  const until = benchedUntil(policy, { verdict, evidence, sole: isSole(state, credential), now })
  if (until !== undefined) return bench(refusal, until)
  return verdict.verdict === "GrantRevoked" ? [quarantined(refusal)] : []
}

const quarantined = ({ credential, generation, ids, verdict }: ApiRefusal): Draft =>
  quarantineOf(
    { grant: credential.grant, credential: credential.id },
    generation,
    "access",
    "Revoked",
    verdict.rule,
    ids[1]
  )

/** A crowd of callers is told the same thing within so many milliseconds. */
const sameMoment = 2_000

/** A bench that lasts as long already is left as it is. That a model is not there, which nobody named, says nothing. */
const bench = ({ credential, ids, model, now, verdict }: ApiRefusal, until: Instant): ReadonlyArray<Draft> => {
  const ofModel = verdict.scope === "model"
  if (ofModel && model === undefined && verdict.verdict === "ModelUnavailable") return []
  const benched = ofModel ? model : undefined
  if ((bindingCooldown(credential, now, benched)?.until ?? 0) > until - sameMoment) return []
  const data = { until, reason: verdict.verdict, ...(benched === undefined ? {} : { model: benched }) }
  return [{ type: "CooldownStarted", v: 1, credential: credential.id, cause: ids[1], data }]
}
