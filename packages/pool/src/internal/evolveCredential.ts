/**
 * One credential after one more event about it.
 */
import { HashMap } from "effect"
import type { EventOf, PoolEvent } from "../Event.ts"
import type { Cooldown, Credential } from "../PoolState.ts"
import type { Envelope } from "../Recorded.ts"

export const evolveCredential = (
  before: Credential | undefined,
  event: Envelope & PoolEvent
): Credential | undefined => {
  if (event.type === "CredentialEnrolled") return { ...enrolled(event), ...keptFrom(before) }
  return before === undefined ? undefined : changed(before, event)
}

const enrolled = (event: Envelope & EventOf<"CredentialEnrolled">): Credential => {
  const { grant, kind, label, ownership, priority, provider, source, store } = event.data
  return {
    id: event.credential,
    provider,
    kind,
    grant,
    ...(label === undefined ? {} : { label }),
    relabelled: false,
    priority,
    prioritised: false,
    source,
    ownership,
    store,
    enrolledAt: event.at,
    enrolledSeq: event.seq,
    removed: false,
    removedBy: undefined,
    operator: "enabled",
    keepalive: false,
    cooldown: undefined,
    modelCooldowns: HashMap.empty(),
    accepted: 0,
    refused: 0,
    lastAccepted: undefined,
    lastAcceptedAt: undefined,
    quota: [],
    quotaAt: undefined,
    quotaAsked: undefined
  }
}

/** What an operator said of it holds on when the program that removed it adds it again: nobody said otherwise. */
const keptFrom = (before: Credential | undefined): Partial<Credential> => {
  if (before?.removedBy !== "store") return {}
  const { keepalive, label, operator, prioritised, priority, relabelled } = before
  return {
    operator,
    keepalive,
    ...(relabelled && label !== undefined ? { label, relabelled } : {}),
    ...(prioritised ? { priority, prioritised } : {})
  }
}

const changed = (credential: Credential, event: Envelope & PoolEvent): Credential => {
  switch (event.type) {
    case "CredentialRemoved":
      return { ...credential, removed: true, removedBy: event.data.by }
    case "CredentialPaused":
      return { ...credential, operator: "paused", keepalive: event.data.keepalive ?? false }
    case "CredentialResumed":
      return { ...credential, operator: "enabled", keepalive: false }
    case "CredentialRelabelled":
      return relabelled(credential, event.data.label)
    case "CredentialPrioritised":
      return { ...credential, priority: event.data.priority, prioritised: true }
    case "CooldownStarted":
      return benched(credential, event.data.model, { until: event.data.until, reason: event.data.reason })
    case "CooldownCleared":
      return benched(credential, event.data.model, undefined)
    case "ApiOutcomeObserved":
      return used(credential, event)
    case "QuotaAsked":
      return asked(credential, event)
    case "QuotaObserved":
      return answered(credential, event)
    default:
      return credential
  }
}

/** Without a label the new one is an address, which only its store shows. */
const relabelled = (credential: Credential, label: string | undefined): Credential => {
  const { label: _former, ...others } = credential
  return { ...others, ...(label === undefined ? {} : { label }), relabelled: label !== undefined }
}

const benched = (credential: Credential, model: string | undefined, cooldown: Cooldown | undefined): Credential => {
  if (model === undefined) return { ...credential, cooldown }
  const modelCooldowns =
    cooldown === undefined
      ? HashMap.remove(credential.modelCooldowns, model)
      : HashMap.set(credential.modelCooldowns, model, cooldown)
  return { ...credential, modelCooldowns }
}

/** A question that a clock ahead of ours dated does not keep others from asking. */
const asked = (credential: Credential, { at, data, id }: Envelope & EventOf<"QuotaAsked">): Credential => {
  const before = credential.quotaAsked?.at
  const isVoid = before !== undefined && before > data.notSince && before <= at
  return isVoid ? credential : { ...credential, quotaAsked: { at, event: id, answered: false } }
}

const answered = (credential: Credential, { at, data }: Envelope & EventOf<"QuotaObserved">): Credential => {
  const quotaAsked = credential.quotaAsked && { ...credential.quotaAsked, answered: true }
  return data.unanswered === true
    ? { ...credential, quotaAsked }
    : { ...credential, quotaAsked, quota: data.windows, quotaAt: at }
}

const used = (credential: Credential, { at, data }: Envelope & EventOf<"ApiOutcomeObserved">): Credential => {
  if (!data.accepted) return { ...credential, refused: credential.refused + data.count }
  const accepted = credential.accepted + data.count
  return data.last === undefined
    ? { ...credential, accepted, lastAccepted: data.generation, lastAcceptedAt: at }
    : { ...credential, accepted, lastAcceptedAt: Math.max(credential.lastAcceptedAt ?? 0, data.last) }
}
