/**
 * Where a process went on after a refusal. No event says which call goes on with which credential; what the ledger tells
 * is the next answer that the same process recorded at the same provider.
 */
import { HashMap, Option } from "effect"
import type { EventOf } from "../Event.ts"
import type { CredentialId, Seq } from "../Ids.ts"
import type { PoolState } from "../PoolState.ts"
import type { Envelope, Recorded } from "../Recorded.ts"

export interface WentOn {
  /** The refusal. */
  readonly after: Seq
  /** The event that tells. */
  readonly event: Seq
  /** Absent: there was no other to go on with. */
  readonly credential: CredentialId | undefined
  readonly accepted: boolean
}

export type Refusal = Envelope & EventOf<"ApiOutcomeObserved">

export const isRefusal = (event: Recorded): event is Refusal =>
  event.type === "ApiOutcomeObserved" && !event.data.accepted

/** What tells of it. */
export const tellingTypes: ReadonlySet<string> = new Set(["ApiOutcomeObserved", "SelectionExhausted"])

/** `later` are events behind the refusal, in order. Nothing if it went on with the same credential, or nothing tells. */
export const wentOn = (refusal: Refusal, later: Iterable<Recorded>, state: PoolState): WentOn | undefined => {
  const provider = providerOf(state, refusal.credential)
  for (const event of later) {
    if (event.seq <= refusal.seq || event.actor !== refusal.actor) continue
    const found = nextIn(event, provider, state)
    if (found !== undefined) {
      return found.credential === refusal.credential ? undefined : { after: refusal.seq, event: event.seq, ...found }
    }
  }
  return undefined
}

const nextIn = (
  event: Recorded,
  provider: string | undefined,
  state: PoolState
): Pick<WentOn, "accepted" | "credential"> | undefined => {
  if (event.type === "SelectionExhausted") {
    return event.data.provider === provider ? { credential: undefined, accepted: false } : undefined
  }
  // Acceptances that were counted are recorded together, some time later.
  if (event.type !== "ApiOutcomeObserved" || event.data.last !== undefined) return undefined
  const { credential, data } = event
  return providerOf(state, credential) === provider ? { credential, accepted: data.accepted } : undefined
}

const providerOf = (state: PoolState, id: CredentialId): string | undefined =>
  Option.getOrUndefined(HashMap.get(state.credentials, id))?.provider
