/**
 * The state of a pool: what folding a ledger's events gives. The axes of a credential are kept apart
 * (is its grant alive, is it available, did an operator pause it), since no one word can hold them all.
 */
import { HashMap, Option } from "effect"
import type { EventOf } from "./Event.ts"
import type { Trigger } from "./events/RefreshEvents.ts"
import { type Generation, type GenerationRef, isSame } from "./Generation.ts"
import {
  type ActorId,
  type AttemptId,
  type CredentialId,
  type EventId,
  type GrantId,
  type LedgerId,
  Seq
} from "./Ids.ts"
import type { Instant } from "./Instant.ts"
import type { QuotaWindow } from "./QuotaWindow.ts"
import type { StoreRef } from "./StoreRef.ts"
import type { Evidence } from "./Evidence.ts"
import type { ApiVerdictName, TerminalReason, TransientReason } from "./Verdict.ts"

export interface PoolState {
  /** Of the last event folded; 0 before the first. */
  readonly head: Seq
  /** The running maximum of `at`. */
  readonly latest: Instant
  readonly ledger: { readonly id: LedgerId; readonly openedAt: Instant } | undefined
  /** The newest few hundred, and whoever a grant names; one who is forgotten joins again when it writes again. */
  readonly actors: HashMap.HashMap<ActorId, Actor>
  readonly credentials: HashMap.HashMap<CredentialId, Credential>
  readonly grants: HashMap.HashMap<GrantId, Grant>
  readonly providers: HashMap.HashMap<string, Provider>
  /** Events of types or versions that this program does not know. */
  readonly unknown: number
}

export interface Actor {
  /** Where it joined last. */
  readonly joined: Seq
  readonly program: string
  readonly version: string
  readonly pid: number
  readonly host: string
  readonly policyHash?: string
}

/** What is known of a provider beyond its grants: an answer that many grants got alike. */
export interface Provider {
  readonly retryAt: Instant | undefined
  /** The last answer of a shape nobody knows, and whose it was. */
  readonly unrecognized: { readonly grant: GrantId; readonly shape: string; readonly at: Instant } | undefined
  /** What was said last of its credentials when none of them was available, for any model and for single ones, the newest few. */
  readonly exhausted?: ReadonlyArray<Exhausted>
}

export type Exhausted = EventOf<"SelectionExhausted">["data"]

export interface Credential {
  readonly id: CredentialId
  readonly provider: string
  readonly kind: "oauth" | "apiKey"
  readonly grant: GrantId
  readonly label?: string
  /** An operator gave it its label; what its store calls it does not count any more. */
  readonly relabelled: boolean
  readonly priority: number
  /** An operator gave it its priority. */
  readonly prioritised: boolean
  readonly source: string
  readonly ownership: "owned" | "borrowed"
  readonly store: StoreRef
  readonly enrolledAt: Instant
  readonly enrolledSeq: Seq
  readonly removed: boolean
  /** Who removed it; what its store's program removed comes back when that program adds it again. */
  readonly removedBy: "operator" | "store" | "quarantine" | undefined
  readonly operator: "enabled" | "paused"
  readonly keepalive: boolean
  readonly cooldown: Cooldown | undefined
  readonly modelCooldowns: HashMap.HashMap<string, Cooldown>
  readonly accepted: number
  readonly refused: number
  readonly lastAccepted: GenerationRef | undefined
  readonly lastAcceptedAt: Instant | undefined
  /** As they were said last. */
  readonly quota: ReadonlyArray<QuotaWindow>
  readonly quotaAt: Instant | undefined
  /** The last question to its provider about them. */
  readonly quotaAsked: QuotaQuestion | undefined
}

export interface QuotaQuestion {
  readonly at: Instant
  readonly event: EventId
  readonly answered: boolean
}

export interface Cooldown {
  readonly until: Instant
  readonly reason: ApiVerdictName
}

export interface Grant {
  readonly id: GrantId
  /** `seq` of the grant's last refresh event; 0 before the first. */
  readonly version: Seq
  /** Who wrote that event. */
  readonly movedBy: ActorId | undefined
  readonly health: Health
  readonly current: Generation | undefined
  /** Oldest first, the newest 64, `current` included. */
  readonly lineage: ReadonlyArray<Lived>
  /** A request that may be under way, or whose sender died. */
  readonly open: OpenAttempt | undefined
  /** The last failure, until it is classified. */
  readonly unclassified: Failure | undefined
  /** A terminal verdict about the current generation that has not led to its quarantine yet. */
  readonly condemned: Condemned | undefined
  readonly backoff: Backoff | undefined
  /** Minutes (since the epoch) in which the current generation got an unrecognised answer. */
  readonly strikes: ReadonlyArray<number>
  /** The current generation, if its store has not taken it yet. */
  readonly stashed: { readonly consumed: GenerationRef; readonly next: GenerationRef } | undefined
  /** A quarantined generation that an operator allows to be sent once more. */
  readonly revived: GenerationRef | undefined
  /** Successive generations whose access token was refused before any call was accepted. */
  readonly refusedInARow: number
  /** The access token that the API refused last. */
  readonly refusedAccess: GenerationRef | undefined
  readonly refusedAt: Instant | undefined
  /** Logins of other programs that could not stand in for it, the newest few, and when that was found. */
  readonly rejected: ReadonlyArray<Rejected>
  /** Named by an event this program cannot read: valid tokens are served, nothing is decided. */
  readonly blocked: boolean
}

export type Health = Live | Suspect | Dead

export interface Live {
  readonly _tag: "Live"
}

/** An answer was lost, or never readable: the refresh token may be spent. */
export interface Suspect {
  readonly _tag: "Suspect"
  readonly generation: GenerationRef
  /** When the request was sent whose answer was lost first. */
  readonly since: Instant
  /** Until then an earlier request may still arrive. */
  readonly quietAfter: Instant
  readonly replays: number
}

export interface Dead {
  readonly _tag: "Dead"
  readonly generation: GenerationRef
  readonly bound: "refresh" | "access"
  readonly reason: TerminalReason
  readonly rule: string
  readonly since: Instant
  readonly event: EventId
  /** Its store was looked at, and does not hold its tokens. */
  readonly cleared: boolean
  /** A doubt about the refresh token, which a verdict about the access token leaves standing. */
  readonly suspect: Suspect | undefined
}

/** The doubt about the current refresh token, if there is one. */
export const suspicionOf = (health: Health): Suspect | undefined => {
  switch (health._tag) {
    case "Live":
      return undefined
    case "Suspect":
      return health
    case "Dead":
      return health.suspect
  }
}

/** One generation's life. */
export interface Lived {
  readonly generation: Generation
  /** Who recorded it first. */
  readonly by: ActorId
  readonly seq: Seq
  readonly at: Instant
  /** How often its refresh token was sent. */
  readonly sent: number
}

export interface OpenAttempt {
  readonly attempt: AttemptId
  readonly generation: GenerationRef
  readonly trigger: Trigger
  readonly event: EventId
  readonly actor: ActorId
  readonly at: Instant
  readonly timeLimit: number
}

export interface Failure {
  readonly event: EventId
  readonly attempt: AttemptId
  readonly generation: GenerationRef
  readonly evidence: Evidence
  readonly actor: ActorId
  readonly sentAt: Instant
  readonly at: Instant
  /** Until then its request may still arrive. */
  readonly quietAfter: Instant
  /** It answered a replay of a generation whose outcome had been lost. */
  readonly replay: boolean
}

export interface Condemned {
  readonly generation: GenerationRef
  readonly reason: TerminalReason
  readonly rule: string
  readonly event: EventId
}

/** A login found in another program's file that failed its validation. */
export interface Rejected {
  readonly generation: GenerationRef
  readonly at: Instant
}

/** Why the current generation is not refreshed now. */
export interface Backoff {
  readonly reason: TransientReason
  readonly rule: string
  /** Failures in a row with this generation. */
  readonly failures: number
  readonly retryAt: Instant | undefined
  /** The provider itself named `retryAt`; not even an operator passes. */
  readonly demanded: boolean
}

const noSeq = Seq.make(0)

export const empty: PoolState = {
  head: noSeq,
  latest: 0,
  ledger: undefined,
  actors: HashMap.empty(),
  credentials: HashMap.empty(),
  grants: HashMap.empty(),
  providers: HashMap.empty(),
  unknown: 0
}

export const emptyGrant = (id: GrantId): Grant => ({
  id,
  version: noSeq,
  movedBy: undefined,
  health: { _tag: "Live" },
  current: undefined,
  lineage: [],
  open: undefined,
  unclassified: undefined,
  condemned: undefined,
  backoff: undefined,
  strikes: [],
  stashed: undefined,
  revived: undefined,
  refusedInARow: 0,
  refusedAccess: undefined,
  refusedAt: undefined,
  rejected: [],
  blocked: false
})

export const grantById = (state: PoolState, id: GrantId): Grant =>
  Option.getOrElse(HashMap.get(state.grants, id), () => emptyGrant(id))

const noProvider: Provider = { retryAt: undefined, unrecognized: undefined }

export const providerById = (state: PoolState, id: string): Provider =>
  Option.getOrElse(HashMap.get(state.providers, id), () => noProvider)

/** Who brought the current generation. */
export const bringerOf = ({ current, lineage }: Grant): ActorId | undefined =>
  current === undefined ? undefined : lineage.findLast(({ generation }) => isSame(generation, current))?.by

/** The version to append against: 0 for a grant without refresh events. */
export const versionOf = (state: PoolState, id: GrantId): Seq => grantById(state, id).version

/** First by priority, then by enrolment. */
export const byPriority = (a: Credential, b: Credential): number =>
  a.priority - b.priority || a.enrolledSeq - b.enrolledSeq

/** Credentials that were not removed, first by priority, then by enrolment. */
export const members = (state: PoolState): ReadonlyArray<Credential> =>
  Array.from(HashMap.values(state.credentials))
    .filter((credential) => !credential.removed)
    .toSorted(byPriority)
