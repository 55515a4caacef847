/**
 * The one read model behind status, list, doctor and selection: a row for each credential,
 * as it stands at an instant. It reads state only: no network, no files, no writing.
 */
import type { CredentialId, GrantId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { grantById, members, type Credential, type Grant, type PoolState } from "../PoolState.ts"
import type { StoreRef } from "../StoreRef.ts"
import type { ApiVerdictName, TerminalReason, TransientReason } from "../Verdict.ts"
import { type Bench, bindingBench } from "./Account.ts"

/** Worst axis first: paused, dead, suspect, cooling, ok. */
export type SummaryWord = "ok" | "cooling" | "suspect" | "dead" | "paused"

export interface CredentialStatus {
  readonly id: CredentialId
  readonly label: string | undefined
  /** An operator gave it its label, which counts before its store's. */
  readonly relabelled: boolean
  readonly provider: string
  readonly kind: Credential["kind"]
  readonly ownership: Credential["ownership"]
  readonly source: string
  readonly store: StoreRef
  readonly priority: number
  readonly grant: GrantId
  readonly word: SummaryWord
  /** Paused, and refreshed all the same before it lapses. */
  readonly keepalive: boolean
  /** Why the word is not `ok`, or why an `ok` one is not refreshed now, in the ledger's own terms. */
  readonly reason: TerminalReason | TransientReason | ApiVerdictName | undefined
  readonly rule: string | undefined
  /** It is cooling because this other credential of its account is. */
  readonly sameAccountAs: CredentialId | undefined
  /** Since when it is dead or suspect. */
  readonly since: Instant | undefined
  /** When the bench or the backoff ends; always ahead. */
  readonly until: Instant | undefined
  readonly expiresAt: Instant | undefined
  readonly deadline: Instant | undefined
  /** How many generations the grant has had, as far as the state holds them. */
  readonly generations: number
  readonly refreshing: boolean
  readonly lastAcceptedAt: Instant | undefined
}

export interface PoolStatus {
  readonly credentials: ReadonlyArray<CredentialStatus>
  /** Events of a newer program, kept but not understood. */
  readonly unknownEvents: number
}

export const statusOf = (state: PoolState, now: Instant): PoolStatus => ({
  credentials: members(state).map((credential) => credentialStatus(state, credential, now)),
  unknownEvents: state.unknown
})

export const credentialStatus = (state: PoolState, credential: Credential, now: Instant): CredentialStatus => {
  const grant = grantById(state, credential.grant)
  const { id, keepalive, kind, label, ownership, priority, provider, relabelled, source, store } = credential
  return {
    id,
    label,
    relabelled,
    provider,
    kind,
    ownership,
    source,
    store,
    priority,
    grant: grant.id,
    keepalive,
    ...judgement(credential, grant, bindingBench(state, credential, now), now),
    expiresAt: grant.current?.expiresAt,
    deadline: grant.current?.deadline,
    generations: grant.lineage.length,
    refreshing: grant.open !== undefined,
    lastAcceptedAt: credential.lastAcceptedAt
  }
}

type Judgement = Pick<CredentialStatus, "word" | "reason" | "rule" | "sameAccountAs" | "since" | "until">

const nothing = {
  reason: undefined,
  rule: undefined,
  sameAccountAs: undefined,
  since: undefined,
  until: undefined
}

const judgement = (credential: Credential, grant: Grant, bench: Bench | undefined, now: Instant): Judgement => {
  const { health } = grant
  if (credential.operator === "paused") return { word: "paused", ...nothing }
  if (health._tag === "Dead") {
    return { word: "dead", ...nothing, reason: health.reason, rule: health.rule, since: health.since }
  }
  const backoff = bindingBackoff(grant, now)
  if (health._tag === "Suspect") {
    const rule = grant.backoff?.rule
    return {
      word: "suspect",
      ...nothing,
      reason: "OutcomeUnknown",
      rule,
      since: health.since,
      until: backoff?.retryAt
    }
  }
  if (bench !== undefined) {
    const sameAccountAs = bench.of === credential.id ? undefined : bench.of
    return { word: "cooling", ...nothing, reason: bench.reason, sameAccountAs, until: bench.until }
  }
  return { word: "ok", ...nothing, reason: backoff?.reason, rule: backoff?.rule, until: backoff?.retryAt }
}

/** What holds back the next refresh, if it still does. */
const bindingBackoff = ({ backoff }: Grant, now: Instant) =>
  backoff?.retryAt !== undefined && backoff.retryAt > now ? backoff : undefined
