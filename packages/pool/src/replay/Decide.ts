/**
 * Makes the decisions of an act again, with the functions that made them: out of a state, a policy, the rules, and what
 * was observed. What came from elsewhere (a store, a person) is no decision, and stays as it was recorded.
 */
import { HashMap } from "effect"
import { concludeApiRefusal } from "../decisions/ApiOutcome.ts"
import { endedByProbe, endedBySuccess } from "../decisions/Bench.ts"
import { concludeFailure, quarantine } from "../decisions/ClassifyFailure.ts"
import { underPolicy } from "../decisions/TerminalAtOnce.ts"
import type { EventOf } from "../Event.ts"
import { grantById, type PoolState } from "../PoolState.ts"
import type { Envelope } from "../Recorded.ts"
import type { Act, Known } from "./Act.ts"
import { afterArrival } from "./Arrival.ts"
import { credentialIn } from "./CredentialIn.ts"
import { type Decided, decided, notJudged, type Setting, unseen } from "./Decided.ts"

export const decide = (state: PoolState, act: Act, setting: Setting): Decided => {
  const [first] = act
  switch (first.type) {
    case "ApiOutcomeObserved":
      return first.data.accepted
        ? afterAcceptance(state, act, first, setting)
        : afterRefusal(state, act, first, setting)
    case "ErrorClassified":
      return first.data.surface === "token" ? afterFailure(state, act, first, setting) : notJudged(unseen)
    case "QuarantineLifted":
      return first.data.by === "operator" ? notJudged("an operator decided") : afterArrival(state, act, setting)
    case "GenerationObserved":
    case "RaceAdopted":
      return afterArrival(state, act, setting)
    case "QuotaObserved":
      return afterProbe(state, act, first, setting)
    case "OutcomeLost":
      return afterLoss(state, first, setting)
    case "CooldownCleared":
      return notJudged(first.data.by === "operator" ? "an operator decided" : unseen)
    case "CooldownStarted":
      return notJudged(unseen)
    case "CredentialQuarantined":
      return afterCondemnation(state, first)
    case "RecoveryAdopted":
    case "RecoveryRejected":
      return notJudged("it depends on what a store held")
    case "SelectionExhausted":
      return notJudged("it depends on who asked")
    default:
      return { _tag: "NoDecision" }
  }
}

const afterRefusal = (
  state: PoolState,
  act: Act,
  { credential: id, data, ...observed }: Envelope & EventOf<"ApiOutcomeObserved">,
  { now, policy, rules }: Setting
): Decided => {
  const credential = credentialIn(state, id)
  const classified = act[1]
  const { evidence, generation, model } = data
  if (credential === undefined || evidence === undefined || classified === undefined) return notJudged(unseen)
  if (!rules.know(credential)) return notJudged("the rules of its provider are not here")
  const drafts = concludeApiRefusal(state, {
    credential,
    generation,
    evidence,
    verdict: rules.api(credential.provider, credential.kind, evidence, now),
    ...(model === undefined ? {} : { model }),
    now,
    policy,
    classifier: rules.version,
    ids: [observed.id, classified.id]
  })
  return decided(drafts.slice(1))
}

/** Which model a call was for is recorded only with the bench that it ended. */
const afterAcceptance = (
  state: PoolState,
  act: Act,
  { credential: id, data }: EventOf<"ApiOutcomeObserved">,
  { now }: Setting
): Decided => {
  const credential = credentialIn(state, id)
  if (credential === undefined || data.last !== undefined) return { _tag: "NoDecision" }
  const ended = act.flatMap((event) => (event.type === "CooldownCleared" ? [event.data.model] : []))
  const model = ended.find((name) => name !== undefined)
  return decided(endedBySuccess(state, credential, model, now))
}

/** Most calls are accepted while nobody is benched: nothing ends then. */
export const isUneventful = ({ credentials }: PoolState, act: Act): boolean =>
  act.length === 1 &&
  act[0].type === "ApiOutcomeObserved" &&
  act[0].data.accepted &&
  !HashMap.some(
    credentials,
    ({ cooldown, modelCooldowns }) => cooldown !== undefined || HashMap.size(modelCooldowns) > 0
  )

/** Going back to a displaced pair takes the quarantine's place: whether there was one, a store said. */
const afterFailure = (
  state: PoolState,
  act: Act,
  event: Envelope & EventOf<"ErrorClassified">,
  { chance, now, policy, rules }: Setting
): Decided => {
  const { grant, of } = event.data
  const credential = credentialIn(state, event.credential)
  const failure = grantById(state, grant).unclassified
  if (credential === undefined || failure?.event !== of) return notJudged(unseen)
  if (!rules.know(credential)) return notJudged("the rules of its provider are not here")
  const { provider } = credential
  const verdict = underPolicy(policy, provider, failure.evidence, rules.token(provider, failure.evidence, now))
  const context = {
    grant,
    credential: credential.id,
    provider,
    classifier: rules.version,
    now,
    chance,
    replay: rules.replay(provider),
    policy
  }
  const [classified, ...consequences] = concludeFailure(state, failure, verdict, context, event.id)
  const fallback = act.find((other): other is Known => other.type === "RaceAdopted")
  const followed = fallback === undefined || consequences.length === 0 ? consequences : [fallback]
  return decided(classified === undefined ? [] : [classified, ...followed])
}

/** The verdict stood already, and its author had died before the quarantine was recorded. */
const afterCondemnation = (
  state: PoolState,
  { cause, credential, data: { grant } }: Envelope & EventOf<"CredentialQuarantined">
): Decided => {
  const { condemned } = grantById(state, grant)
  return credential === undefined || condemned === undefined || condemned.event !== cause
    ? notJudged("it depends on what a store held")
    : decided([quarantine(condemned, { grant, credential })])
}

/** An answer that is not the one to a question ends nothing; whether it is, only what it ended tells. */
const afterProbe = (
  state: PoolState,
  act: Act,
  { credential: id }: EventOf<"QuotaObserved">,
  { now }: Setting
): Decided => {
  const credential = credentialIn(state, id)
  return credential === undefined || act.length === 1
    ? { _tag: "NoDecision" }
    : decided(endedByProbe(state, credential, now))
}

const afterLoss = (
  state: PoolState,
  { cause: _cause, credential: id, data, type, v }: Envelope & EventOf<"OutcomeLost">,
  { rules }: Setting
): Decided => {
  const credential = credentialIn(state, id)
  const { open } = grantById(state, data.grant)
  if (credential === undefined || open?.attempt !== data.attempt) return notJudged(unseen)
  if (!rules.know(credential)) return notJudged("the rules of its provider are not here")
  const { suspect: _suspect, ...told } = data
  const doubt = rules.replay(credential.provider)._tag === "anytime" ? { suspect: false } : {}
  const lost = { ...told, quietAfter: open.at + open.timeLimit, ...doubt }
  return decided([{ type, v, credential: credential.id, data: lost }])
}
