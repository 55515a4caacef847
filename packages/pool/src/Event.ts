/**
 * The events of a ledger, all of them: one union, and what each is for.
 * An event is a fact in the past tense. Its shape is a storage contract; see the files it comes from.
 */
import { Schema } from "effect"
import * as Ledger from "./events/LedgerEvents.ts"
import * as Membership from "./events/MembershipEvents.ts"
import * as Refresh from "./events/RefreshEvents.ts"
import * as Use from "./events/UseEvents.ts"
import type { CredentialId, GrantId } from "./Ids.ts"

export const PoolEvent = Schema.Union([
  Ledger.LedgerOpened,
  Ledger.SegmentOpened,
  Ledger.SegmentSealed,
  Ledger.TailSealed,
  Ledger.ActorJoined,
  Ledger.PolicyApplied,
  Membership.CredentialEnrolled,
  Membership.CredentialRemoved,
  Membership.CredentialPaused,
  Membership.CredentialResumed,
  Membership.CredentialRelabelled,
  Membership.CredentialPrioritised,
  Membership.StoreTakenOver,
  Membership.LoginCompleted,
  Membership.LogoutPerformed,
  Refresh.GenerationObserved,
  Use.VaultRead,
  Refresh.RefreshStarted,
  Refresh.RefreshSucceeded,
  Refresh.RefreshFailed,
  Refresh.ErrorClassified,
  Refresh.OutcomeLost,
  Refresh.RaceAdopted,
  Refresh.SuccessorStashed,
  Refresh.SuccessorStored,
  Refresh.CredentialQuarantined,
  Refresh.QuarantineLifted,
  Refresh.StoreCleared,
  Use.CooldownStarted,
  Use.CooldownCleared,
  Use.ApiOutcomeObserved,
  Use.ApiCallBroken,
  Use.QuotaAsked,
  Use.QuotaObserved,
  Refresh.RecoveryAdopted,
  Refresh.RecoveryRejected,
  Use.SelectionExhausted
]).pipe(Schema.toTaggedUnion("type"))
export type PoolEvent = typeof PoolEvent.Type
export type EventType = PoolEvent["type"]
export type EventOf<Type extends EventType> = Extract<PoolEvent, { readonly type: Type }>

export interface EventTraits {
  readonly kind: "ledger" | "observation" | "decision" | "intent" | "operator"
  /** Acknowledged after a sync; else after the write, and durable with the next sync. */
  readonly durable: boolean
  /** Moves the version of its grant. */
  readonly refresh: boolean
  readonly says: string
}

const traits = (kind: EventTraits["kind"], flags: "" | "durable" | "durable refresh", says: string): EventTraits => ({
  kind,
  durable: flags.startsWith("durable"),
  refresh: flags.endsWith("refresh"),
  says
})

/** One row for each event type. */
export const catalogue: { readonly [Type in EventType]: EventTraits } = {
  LedgerOpened: traits("ledger", "durable", "A ledger begins: its id, the version of its format, its kind of lock."),
  SegmentOpened: traits("ledger", "durable", "A new file continues the ledger."),
  SegmentSealed: traits("ledger", "durable", "A file is complete; the next one continues it."),
  TailSealed: traits("ledger", "durable", "A writer died in mid-line; its junk is recorded and stays."),
  ActorJoined: traits("observation", "", "A process began to write: program, version, pid, host."),
  PolicyApplied: traits("observation", "durable", "The policy by which this actor decides from here on."),
  CredentialEnrolled: traits("operator", "durable", "A login or a key became part of the pool."),
  CredentialRemoved: traits("operator", "durable", "A credential left the pool."),
  CredentialPaused: traits("operator", "durable", "An operator took a credential out of use."),
  CredentialResumed: traits("operator", "durable", "An operator put a paused credential back into use."),
  CredentialRelabelled: traits("operator", "durable", "A credential got another label."),
  CredentialPrioritised: traits("operator", "durable", "A credential got another place in the order."),
  StoreTakenOver: traits("operator", "durable", "A store was taken over from another ledger, which only reads it now."),
  LoginCompleted: traits("operator", "durable", "Somebody logged in through Daybook."),
  LogoutPerformed: traits("operator", "durable", "Somebody logged out; whether the provider was told."),
  GenerationObserved: traits("observation", "durable refresh", "A generation was seen in a store for the first time."),
  VaultRead: traits("observation", "", "What a re-read of the authority found, when it differed."),
  RefreshStarted: traits("intent", "durable refresh", "A refresh token is about to be sent."),
  RefreshSucceeded: traits("observation", "durable refresh", "The provider gave new tokens and they are stored."),
  RefreshFailed: traits("observation", "durable refresh", "A refresh got a refusal, a fault or no answer."),
  ErrorClassified: traits("decision", "durable refresh", "What a failure means, and under which rule."),
  OutcomeLost: traits("decision", "durable refresh", "An attempt's answer never came or was not kept."),
  RaceAdopted: traits("decision", "durable refresh", "Somebody else moved the grant on; their generation is used."),
  SuccessorStashed: traits("observation", "durable refresh", "New tokens could not be written to their store yet."),
  SuccessorStored: traits("observation", "durable refresh", "Stashed tokens reached their store."),
  CredentialQuarantined: traits("decision", "durable refresh", "A generation is dead; nothing is sent with it again."),
  QuarantineLifted: traits("decision", "durable refresh", "A dead generation was followed by a new one, or revived."),
  StoreCleared: traits("observation", "durable refresh", "What was removed from a store, or why nothing was."),
  CooldownStarted: traits("decision", "", "A credential, or one model on it, is benched until an instant."),
  CooldownCleared: traits("decision", "", "A bench ended before its time."),
  ApiOutcomeObserved: traits("observation", "", "The model API refused a token, or accepted it."),
  ApiCallBroken: traits("observation", "", "An answer of the model API did not come, or ended in the middle."),
  QuotaAsked: traits("intent", "", "A provider is about to be asked about a quota."),
  QuotaObserved: traits("observation", "", "How much of a quota window is used."),
  RecoveryAdopted: traits("decision", "durable refresh", "A login was found in another program's file and is used."),
  RecoveryRejected: traits("decision", "durable refresh", "A login found elsewhere failed its validation."),
  SelectionExhausted: traits("decision", "", "No credential of a provider is available.")
}

/** The grant an event is about, if it names one. */
export const grantOf = (event: PoolEvent): GrantId | undefined => ("grant" in event.data ? event.data.grant : undefined)

/** The credential an event is about, if it names one. */
export const credentialOf = (event: PoolEvent): CredentialId | undefined =>
  "credential" in event ? event.credential : undefined
