/**
 * How one credential stood at an instant, axis by axis: is it a member, is its grant alive, is it available, did an
 * operator pause it, which tokens it had and who brought them. Plain values that can be compared one by one.
 */
import { HashMap } from "effect"
import { type GenerationRef, isSame, refOf } from "../Generation.ts"
import type { ActorId, EventId, GrantId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import {
  type Backoff,
  type Cooldown,
  type Credential,
  type Grant,
  grantById,
  type Health,
  type OpenAttempt,
  type PoolState
} from "../PoolState.ts"
import type { QuotaWindow } from "../QuotaWindow.ts"
import type { StoreRef } from "../StoreRef.ts"
import type { TerminalReason } from "../Verdict.ts"

export interface Axes {
  readonly membership: Membership
  readonly label: string | undefined
  readonly priority: number
  readonly store: StoreRef & { readonly ownership: Credential["ownership"] }
  readonly operator: { readonly state: Credential["operator"]; readonly keepalive: boolean }
  readonly grant: GrantId
  readonly health: Health
  /** Its own bench, while it lasts; absent while it is ready. */
  readonly cooldown: Cooldown | undefined
  /** The benches of single models that last, by model. */
  readonly modelCooldowns: ReadonlyArray<Cooldown & { readonly model: string }>
  /** The tokens that count; absent if none were ever seen. */
  readonly generation: Current | undefined
  readonly attempt: OpenAttempt | undefined
  readonly backoff: Waiting | undefined
  /** Minutes in which the current generation got an answer that nobody knows. */
  readonly strikes: number
  /** Successive generations whose access token was refused before any call was accepted. */
  readonly refusedInARow: number
  readonly pending: Pending
  readonly quota: Quota | undefined
  readonly use: Use
}

export type AxisName = keyof Axes

export interface Membership {
  readonly inPool: boolean
  readonly enrolledAt: Instant
  readonly enrolledSeq: Seq
  readonly removedBy: Credential["removedBy"]
}

export interface Current extends GenerationRef {
  readonly expiresAt: Instant | undefined
  readonly deadline: Instant | undefined
  /** How many the grant has had, as far as the state holds them, this one included. */
  readonly count: number
  readonly bringer: Bringer | undefined
}

/** Who recorded a generation first, and where. */
export interface Bringer {
  readonly actor: ActorId
  readonly seq: Seq
  readonly at: Instant
}

export interface Waiting extends Backoff {
  /** The next refresh waits for `retryAt`, which is ahead. */
  readonly isBinding: boolean
}

/** What the next holder of the grant's lock has to finish. */
export interface Pending {
  /** A failure that nobody has classified. */
  readonly unclassified: EventId | undefined
  /** A terminal verdict that has not led to a quarantine. */
  readonly condemned: TerminalReason | undefined
  /** Tokens that their store has not taken. */
  readonly stashed: GenerationRef | undefined
  /** Dead tokens that an operator allows to be sent once more. */
  readonly revived: GenerationRef | undefined
  /** An event of a newer version names the grant, so nothing is decided. */
  readonly blocked: boolean
}

export interface Quota {
  readonly windows: ReadonlyArray<QuotaWindow>
  readonly at: Instant
}

export interface Use {
  readonly accepted: number
  readonly refused: number
  readonly lastAcceptedAt: Instant | undefined
}

export const axesOf = (state: PoolState, credential: Credential, now: Instant): Axes => {
  const grant = grantById(state, credential.grant)
  const { cooldown, keepalive, label, operator, ownership, priority, store } = credential
  return {
    membership: membershipOf(credential),
    label,
    priority,
    store: { ...store, ownership },
    operator: { state: operator, keepalive },
    grant: grant.id,
    health: grant.health,
    cooldown: cooldown !== undefined && cooldown.until > now ? cooldown : undefined,
    modelCooldowns: modelCooldownsOf(credential, now),
    generation: currentOf(grant),
    attempt: grant.open,
    backoff: waitingOf(grant, now),
    strikes: grant.strikes.length,
    refusedInARow: grant.refusedInARow,
    pending: pendingOf(grant),
    quota: quotaOf(credential),
    use: useOf(credential)
  }
}

const membershipOf = ({ enrolledAt, enrolledSeq, removed, removedBy }: Credential): Membership => ({
  inPool: !removed,
  enrolledAt,
  enrolledSeq,
  removedBy
})

const modelCooldownsOf = ({ modelCooldowns }: Credential, now: Instant): Axes["modelCooldowns"] =>
  Array.from(HashMap.entries(modelCooldowns), ([model, cooldown]) => ({ model, ...cooldown }))
    .filter(({ until }) => until > now)
    .toSorted((one, other) => (one.model < other.model ? -1 : 1))

const currentOf = ({ current, lineage }: Grant): Current | undefined => {
  if (current === undefined) return undefined
  const lived = lineage.findLast(({ generation }) => isSame(generation, current))
  return {
    ...refOf(current),
    expiresAt: current.expiresAt,
    deadline: current.deadline,
    count: lineage.length,
    bringer: lived && { actor: lived.by, seq: lived.seq, at: lived.at }
  }
}

const waitingOf = ({ backoff }: Grant, now: Instant): Waiting | undefined =>
  backoff && { ...backoff, isBinding: backoff.retryAt !== undefined && backoff.retryAt > now }

const pendingOf = ({ blocked, condemned, revived, stashed, unclassified }: Grant): Pending => ({
  unclassified: unclassified?.event,
  condemned: condemned?.reason,
  stashed: stashed?.next,
  revived,
  blocked
})

const quotaOf = ({ quota, quotaAt }: Credential): Quota | undefined =>
  quotaAt === undefined ? undefined : { windows: quota, at: quotaAt }

const useOf = ({ accepted, lastAcceptedAt, refused }: Credential): Use => ({ accepted, refused, lastAcceptedAt })
