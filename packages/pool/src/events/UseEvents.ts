/**
 * STORAGE CONTRACT. What the use of credentials showed: answers of the API, quotas, benches.
 * Never rename a type or a field and never reuse one: add an optional field, or a new event.
 */
import { Schema } from "effect"
import { Evidence } from "../Evidence.ts"
import { GenerationRef } from "../Generation.ts"
import { CredentialId } from "../Ids.ts"
import { Instant } from "../Instant.ts"
import { credentialEvent, grantEvent, poolEvent } from "../internal/define.ts"
import { longest } from "../ModelName.ts"
import { QuotaWindow } from "../QuotaWindow.ts"
import { StoreKind } from "../StoreRef.ts"
import { ApiVerdictName } from "../Verdict.ts"

const Model = Schema.String.check(Schema.isMaxLength(longest))

/** What a re-read found: the recorded input of an adoption or a confirmation. */
export const VaultRead = grantEvent("VaultRead", {
  store: StoreKind,
  found: Schema.Literals(["generation", "none", "unreadable"]),
  generation: Schema.optionalKey(GenerationRef),
  /** How the finding compares with what the ledger holds. */
  standing: Schema.optionalKey(Schema.Literals(["same", "newer", "stale", "another login"]))
})

/**
 * Recorded for a refusal, for the first acceptance of a generation, and for an acceptance after a refusal or during a
 * bench. Other acceptances are counted, and recorded together once a minute.
 */
export const ApiOutcomeObserved = credentialEvent("ApiOutcomeObserved", {
  generation: GenerationRef,
  accepted: Schema.Boolean,
  count: Schema.Natural,
  /** Of calls that were counted: when the last of them was accepted. */
  last: Schema.optionalKey(Instant),
  evidence: Schema.optionalKey(Evidence),
  model: Schema.optionalKey(Model)
})

/** An answer of the model API did not come, or ended in the middle. It says nothing of the credential. */
export const ApiCallBroken = credentialEvent("ApiCallBroken", {
  generation: GenerationRef,
  /** With a status if the answer had begun. */
  evidence: Evidence,
  model: Schema.optionalKey(Model)
})

/**
 * A provider is about to be asked whether a quota is free again. Whatever comes of it, nobody else asks for a while. Of
 * several it is the first that counts: one that was asked later than `notSince` makes this one void.
 */
export const QuotaAsked = credentialEvent("QuotaAsked", {
  notSince: Instant
})

export const QuotaObserved = credentialEvent("QuotaObserved", {
  windows: Schema.Array(QuotaWindow),
  /** The provider was asked, and gave no answer that can be used: what is known of the windows stays as it is. */
  unanswered: Schema.optionalKey(Schema.Literal(true))
})

export const CooldownStarted = credentialEvent("CooldownStarted", {
  until: Instant,
  reason: ApiVerdictName,
  model: Schema.optionalKey(Model)
})

export const CooldownCleared = credentialEvent("CooldownCleared", {
  by: Schema.Literals(["probe", "generation", "success", "operator"]),
  model: Schema.optionalKey(Model)
})

/** Nothing is available for a provider; only when the reasons change. */
export const SelectionExhausted = poolEvent("SelectionExhausted", {
  provider: Schema.String,
  /** Only this model was asked for. */
  model: Schema.optionalKey(Model),
  until: Schema.optionalKey(Instant),
  passed: Schema.Array(Schema.Struct({ credential: CredentialId, why: Schema.String }))
})
