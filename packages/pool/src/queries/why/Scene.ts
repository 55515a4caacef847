/** The end of a login as its events show it: what was sent last, what came back, and who had sent the same token before. */
import type { EventOf } from "../../Event.ts"
import type { GenerationRef } from "../../Generation.ts"
import type { EventId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Envelope, Recorded } from "../../Recorded.ts"
import type { TerminalReason } from "../../Verdict.ts"
import type { Case } from "./Case.ts"
import { eventsOf, isUnsent, type Sending, sendingsOf } from "./Sendings.ts"
import { answer } from "./Words.ts"

/** A death as the state has it, or a verdict that has not led to one yet. */
export interface Death {
  readonly generation: GenerationRef
  readonly bound: "refresh" | "access"
  readonly reason: TerminalReason
  readonly rule: string
  readonly since: Instant
  /** The quarantine, or else the verdict. */
  readonly event: EventId
}

export interface Scene {
  readonly death: Death
  /** When the token was sent that was refused; else when the login was declared dead. */
  readonly at: Instant
  readonly refused: Sending | undefined
  /** Other sendings of the same token, before that one was answered. */
  readonly others: ReadonlyArray<Sending>
  /** The token endpoint's answer. */
  readonly shown: ReadonlyArray<Recorded>
  /** The same in its codes, as ` (400 invalid_grant)`, or nothing. */
  readonly answer: string
  /** Another program declared the login dead in a store that it shares. */
  readonly store: (Envelope & EventOf<"VaultRead">) | undefined
}

export const sceneOf = ({ events }: Case, death: Death): Scene => {
  const told = events.find(({ id }) => id === death.event)
  const verdict = told?.type === "ErrorClassified" ? told.id : told?.cause
  const cause = verdict === undefined ? undefined : events.find(({ id }) => id === verdict)
  const sendings = sendingsOf(events, death.generation.refresh).filter((sending) => !isUnsent(sending))
  const refused = cause && sendings.findLast(({ classified }) => classified?.id === cause.id)
  const end = refused?.ended?.seq ?? told?.seq ?? Infinity
  const others = sendings.filter((sending) => sending !== refused && sending.started.seq < end)
  return {
    death,
    at: refused?.started.at ?? death.since,
    refused,
    others,
    shown: refused === undefined ? [] : eventsOf(refused),
    answer: refused?.ended?.type === "RefreshFailed" ? ` (${answer(refused.ended.data.evidence)})` : "",
    store: cause?.type === "VaultRead" ? cause : undefined
  }
}

/** The provider itself speaks of a revocation. */
export const isSaidRevoked = ({ refused }: Scene): boolean => {
  const evidence = refused?.ended?.type === "RefreshFailed" ? refused.ended.data.evidence : undefined
  return /revoked|invalidated|terminated/i.test(`${evidence?.code ?? ""} ${evidence?.message ?? ""}`)
}

/** Where the token of the death came from; behind every event, if nobody knows. */
export const arrivalOf = ({ grant }: Case, { generation }: Death): number =>
  grant.lineage.find((lived) => lived.generation.refresh === generation.refresh)?.seq ?? Infinity

/** The state counts more sendings of the token than are at hand: some were archived. */
export const isIncomplete = ({ events, grant }: Case, { generation }: Death): boolean => {
  const counted = grant.lineage
    .filter((lived) => lived.generation.refresh === generation.refresh)
    .reduce((sum, { sent }) => sum + sent, 0)
  const ours = sendingsOf(events, generation.refresh).filter(({ started }) => started.data.grant === grant.id)
  return ours.length < counted
}
