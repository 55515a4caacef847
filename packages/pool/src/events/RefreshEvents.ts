/**
 * STORAGE CONTRACT. What happened to a grant: what was seen, what was sent, what came back, what was concluded.
 * Each of these moves the grant's version.
 * Never rename a type or a field and never reuse one: add an optional field, or a new event.
 */
import { Schema } from "effect"
import { Evidence } from "../Evidence.ts"
import { Generation, GenerationRef } from "../Generation.ts"
import { ActorId, AttemptId, EventId } from "../Ids.ts"
import { Instant } from "../Instant.ts"
import { grantEvent } from "../internal/define.ts"
import { StoreKind } from "../StoreRef.ts"
import { ApiVerdictName, TerminalReason, TransientReason } from "../Verdict.ts"

const text = Schema.String.check(Schema.isMaxLength(200))

export const Trigger = Schema.Literals(["proactive", "expired", "unauthorized", "operator", "keepalive", "replay"])
export type Trigger = typeof Trigger.Type

export const Winner = Schema.Struct({
  /** The actor that moved the grant on, if the ledger knows it. */
  actor: Schema.optionalKey(ActorId),
  /** Else the kind of store in which the newer generation was found. */
  store: Schema.optionalKey(StoreKind)
})
export type Winner = typeof Winner.Type

/** Once per generation. */
export const GenerationObserved = grantEvent("GenerationObserved", {
  generation: Generation,
  where: StoreKind,
  how: Schema.Literals(["enrol", "login", "import", "watch", "reload"])
})

/** On disk before the request leaves. */
export const RefreshStarted = grantEvent("RefreshStarted", {
  attempt: AttemptId,
  generation: GenerationRef,
  trigger: Trigger,
  /** No answer can arrive later than this many milliseconds after the intent. */
  timeLimit: Schema.Natural
})

export const RefreshSucceeded = grantEvent("RefreshSucceeded", {
  attempt: AttemptId,
  /** The generation that was sent. */
  generation: GenerationRef,
  next: Generation,
  /** False if the provider gave no new refresh token and the old one goes on. */
  rotated: Schema.Boolean,
  requestId: Schema.optionalKey(text),
  /** Milliseconds from sending to the whole answer. */
  duration: Schema.optionalKey(Schema.Natural),
  /** The answer was kept by an actor that died before it could say so. */
  recovered: Schema.optionalKey(Schema.Boolean)
})

export const RefreshFailed = grantEvent("RefreshFailed", {
  attempt: AttemptId,
  generation: GenerationRef,
  evidence: Evidence,
  duration: Schema.optionalKey(Schema.Natural)
})

export const ErrorClassified = grantEvent("ErrorClassified", {
  /** The event that carries the evidence. */
  of: EventId,
  generation: GenerationRef,
  surface: Schema.Literals(["token", "api"]),
  verdict: Schema.Union([Schema.Literals(["Transient", "Terminal"]), ApiVerdictName]),
  reason: Schema.optionalKey(Schema.Union([TransientReason, TerminalReason])),
  rule: text,
  classifier: Schema.Natural,
  /** Whether the generation's refresh token may be spent although no success was seen. */
  suspect: Schema.optionalKey(Schema.Boolean),
  retryAt: Schema.optionalKey(Instant),
  /** Counts against the provider and not against this grant. */
  providerWide: Schema.optionalKey(Schema.Boolean),
  shape: Schema.optionalKey(text)
})

/** An attempt whose answer never came or was not kept. */
export const OutcomeLost = grantEvent("OutcomeLost", {
  attempt: AttemptId,
  generation: GenerationRef,
  /** Until then an earlier request may still arrive. */
  quietAfter: Instant,
  /** False where the provider takes a refresh token any number of times: nothing is in doubt then. */
  suspect: Schema.optionalKey(Schema.Boolean)
})

export const RaceAdopted = grantEvent("RaceAdopted", {
  held: GenerationRef,
  found: Generation,
  winner: Winner,
  phase: Schema.Literals(["before request", "after rejection", "after success"]),
  /** Nobody won: what was held was refused for good, and the pair that it had displaced is used again. */
  fallback: Schema.optionalKey(Schema.Literal(true))
})

/** A new generation that could not be written to its authority yet. */
export const SuccessorStashed = grantEvent("SuccessorStashed", {
  consumed: GenerationRef,
  next: Generation,
  /** Where it is kept: the stash survives this process, memory does not. */
  where: Schema.Literals(["stash", "memory"]),
  why: text
})

export const SuccessorStored = grantEvent("SuccessorStored", { next: GenerationRef })

export const CredentialQuarantined = grantEvent("CredentialQuarantined", {
  generation: GenerationRef,
  /** Which of its tokens was judged. */
  bound: Schema.Literals(["refresh", "access"]),
  reason: TerminalReason,
  rule: text
})

export const QuarantineLifted = grantEvent("QuarantineLifted", {
  generation: GenerationRef,
  by: Schema.Literals(["generation", "operator"])
})

/** What was removed from which store, or why nothing was. */
export const StoreCleared = grantEvent("StoreCleared", {
  generation: GenerationRef,
  store: StoreKind,
  cleared: Schema.Boolean,
  /** Ids of the rows that were removed because they were seeded from this login. */
  removed: Schema.Array(Schema.String),
  why: Schema.optionalKey(text)
})

export const RecoveryAdopted = grantEvent("RecoveryAdopted", { generation: Generation, from: StoreKind })
export const RecoveryRejected = grantEvent("RecoveryRejected", {
  generation: GenerationRef,
  from: StoreKind,
  why: text
})
