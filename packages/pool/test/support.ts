/**
 * Words for specifications: a ledger is given as a list of events, with ids and times made here.
 * The first event is written at `start`, each further one a second later, unless it says otherwise.
 */
import type { EventOf, EventType } from "@daybook/pool/Event"
import type { Evidence } from "@daybook/pool/Evidence"
import { fold } from "@daybook/pool/Evolve"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Generation, GenerationRef } from "@daybook/pool/Generation"
import { ActorId, AttemptId, CorrelationId, CredentialId, EventId, GrantId, LedgerId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import { defaults } from "@daybook/pool/Policy"
import { type Credential, type Grant, grantById, members, type PoolState } from "@daybook/pool/PoolState"
import type { Draft, Recorded } from "@daybook/pool/Recorded"

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const start: Instant = Date.UTC(2026, 10, 22, 10)

const uuid = (family: number, n: number): string =>
  `${family.toString(16).padStart(8, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`

export const actorId = (n: number): ActorId => ActorId.make(uuid(1, n))
export const actor = actorId(1)
export const otherActor = actorId(2)
export const ledger = LedgerId.make(uuid(2, 1))
export const correlation = CorrelationId.make(uuid(3, 1))
export const grantId = GrantId.make(uuid(4, 1))
export const otherGrantId = GrantId.make(uuid(4, 2))
export const credentialId = CredentialId.make("codex-1")
export const otherCredentialId = CredentialId.make("codex-2")
export const provider = "openai-codex"

export const eventId = (n: number): EventId => EventId.make(uuid(5, n))
export const attemptId = (n: number): AttemptId => AttemptId.make(uuid(6, n))
const failureId = (attempt: number): EventId => EventId.make(uuid(7, attempt))

export const fingerprint = (word: string): Fingerprint => Fingerprint.make(`fp_${word.padEnd(16, "_")}`)

/** The nth generation: another access token and another refresh token each time. */
export const generation = (n: number, more: Partial<Generation> = {}): Generation => ({
  access: fingerprint(`access${n}`),
  refresh: fingerprint(`refresh${n}`),
  ...more
})

/** What a provider without rotation gives: another access token with the same refresh token. */
export const sameRefresh = (of: GenerationRef, n: number): Generation => ({
  ...generation(n),
  ...(of.refresh === undefined ? {} : { refresh: of.refresh })
})

/** An API key, or a token that came without a refresh token. */
export const accessOnly = (n: number): Generation => ({ access: fingerprint(`access${n}`) })

export type Step = Draft & { readonly at?: Instant; readonly actor?: ActorId }

export const at = (instant: Instant, step: Step): Step => ({ ...step, at: instant })
export const by = (actor: ActorId, step: Step): Step => ({ ...step, actor })

export const recorded = (steps: ReadonlyArray<Step>, after = 0): ReadonlyArray<Recorded> =>
  steps.map(({ cause, correlation, ...step }, index) => ({
    ...step,
    seq: Seq.make(after + index + 1),
    at: step.at ?? start + (after + index) * second,
    id: step.id ?? eventId(after + index + 1),
    actor: step.actor ?? actor,
    ...(cause === undefined ? {} : { cause }),
    ...(correlation === undefined ? {} : { correlation })
  }))

export const given = (...steps: ReadonlyArray<Step>): PoolState => fold(recorded(steps))

/** The grant that all builders mean, after these events. */
export const grantAfter = (...steps: ReadonlyArray<Step>): Grant => grantById(given(...steps), grantId)

export const healthAfter = (...steps: ReadonlyArray<Step>): Grant["health"]["_tag"] => grantAfter(...steps).health._tag

/** The only member of the pool. */
export const onlyMember = (state: PoolState): Credential => {
  const [credential, ...others] = members(state)
  if (credential === undefined || others.length > 0) throw new Error(`${members(state).length} members, not one`)
  return credential
}

type Data<Type extends EventType> = EventOf<Type>["data"]
const about = { v: 1, credential: credentialId } as const

export const opened: Step = {
  type: "LedgerOpened",
  v: 1,
  data: { format: 1, ledger, lock: "memory", check: fingerprint("check") }
}

export const joined: Step = {
  type: "ActorJoined",
  v: 1,
  data: { program: "daybook", version: "1.0.0", pid: 42, host: "laptop" }
}

export const applied = (hash: string): Step => ({ type: "PolicyApplied", v: 1, data: { policy: defaults, hash } })

export const enrolled = (more: Partial<Data<"CredentialEnrolled">> = {}, credential = credentialId): Step => ({
  ...about,
  type: "CredentialEnrolled",
  credential,
  data: {
    provider,
    kind: "oauth",
    grant: grantId,
    priority: 0,
    source: "device_code",
    ownership: "owned",
    store: { kind: "own", slot: "tokens" },
    ...more
  }
})

/** A second login at the same provider. */
export const enrolledOther = (more: Partial<Data<"CredentialEnrolled">> = {}): Step =>
  enrolled({ grant: otherGrantId, ...more }, otherCredentialId)

export const paused: Step = { ...about, type: "CredentialPaused", data: {} }
export const resumed: Step = { ...about, type: "CredentialResumed", data: {} }
export const removed: Step = { ...about, type: "CredentialRemoved", data: { by: "operator" } }

export const observed = (seen: Generation, how: Data<"GenerationObserved">["how"] = "enrol"): Step => ({
  ...about,
  type: "GenerationObserved",
  data: { grant: grantId, generation: seen, where: "own", how }
})

export const started = (
  sent: GenerationRef,
  attempt = 1,
  trigger: Data<"RefreshStarted">["trigger"] = "expired"
): Step => ({
  ...about,
  type: "RefreshStarted",
  data: { grant: grantId, attempt: attemptId(attempt), generation: sent, trigger, timeLimit: 20 * second }
})

export const succeeded = (sent: GenerationRef, next: Generation, attempt = 1): Step => ({
  ...about,
  type: "RefreshSucceeded",
  data: { grant: grantId, attempt: attemptId(attempt), generation: sent, next, rotated: sent.refresh !== next.refresh }
})

export const failed = (sent: GenerationRef, evidence: Partial<Evidence> = { status: 400 }, attempt = 1): Step => ({
  ...about,
  type: "RefreshFailed",
  id: failureId(attempt),
  data: {
    grant: grantId,
    attempt: attemptId(attempt),
    generation: sent,
    evidence: { left: true, ...evidence }
  }
})

/** The conclusion about the failure of an attempt. */
export const classified = (sent: GenerationRef, conclusion: Partial<Data<"ErrorClassified">>, attempt = 1): Step => ({
  ...about,
  type: "ErrorClassified",
  data: {
    grant: grantId,
    of: failureId(attempt),
    generation: sent,
    surface: "token",
    verdict: "Transient",
    rule: "test/rule",
    classifier: 1,
    ...conclusion
  }
})

/** A model API refused the access token of a generation. */
export const refusedByApi = (
  sent: GenerationRef,
  verdict: Data<"ErrorClassified">["verdict"] = "AccessExpired"
): Step => classified(sent, { surface: "api", verdict })

export const accepted = (sent: GenerationRef, count = 1): Step => ({
  ...about,
  type: "ApiOutcomeObserved",
  data: { generation: sent, accepted: true, count }
})

export const lost = (sent: GenerationRef, quietAfter: Instant, attempt = 1): Step => ({
  ...about,
  type: "OutcomeLost",
  data: { grant: grantId, attempt: attemptId(attempt), generation: sent, quietAfter }
})

export const adopted = (held: GenerationRef, found: Generation): Step => ({
  ...about,
  type: "RaceAdopted",
  data: { grant: grantId, held, found, winner: { store: "hermes" }, phase: "before request" }
})

export const stashed = (consumed: GenerationRef, next: Generation): Step => ({
  ...about,
  type: "SuccessorStashed",
  data: { grant: grantId, consumed, next, where: "stash", why: "EROFS" }
})

export const stored = (next: GenerationRef): Step => ({
  ...about,
  type: "SuccessorStored",
  data: { grant: grantId, next }
})

export const quarantined = (
  judged: GenerationRef,
  bound: Data<"CredentialQuarantined">["bound"] = "refresh",
  reason: Data<"CredentialQuarantined">["reason"] = "Revoked"
): Step => ({
  ...about,
  type: "CredentialQuarantined",
  data: { grant: grantId, generation: judged, bound, reason, rule: "test/rule" }
})

export const lifted = (judged: GenerationRef, who: Data<"QuarantineLifted">["by"] = "operator"): Step => ({
  ...about,
  type: "QuarantineLifted",
  data: { grant: grantId, generation: judged, by: who }
})

export const cleared = (judged: GenerationRef, done = true): Step => ({
  ...about,
  type: "StoreCleared",
  data: { grant: grantId, generation: judged, store: "own", cleared: done, removed: [] }
})

export const benched = (until: Instant, model?: string): Step => ({
  ...about,
  type: "CooldownStarted",
  data: { until, reason: "RateLimited", ...(model === undefined ? {} : { model }) }
})
