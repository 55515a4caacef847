/**
 * What there is to count and to time in a ledger, event by event. Only what `self` appended is measured, so that what
 * several processes measured can be added up; how long a grant has been in trouble is known from everybody's events.
 */
import { HashMap } from "effect"
import type { EventOf, PoolEvent } from "../Event.ts"
import type { ActorId, EventId, GrantId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { type Grant, type PoolState, suspicionOf } from "../PoolState.ts"
import type { Envelope, Recorded } from "../Recorded.ts"
import { whyUnsent } from "../Unsent.ts"
import { subjectOf } from "./Subject.ts"

export type Measure =
  | { readonly _tag: "Refresh"; readonly provider: string; readonly outcome: Outcome; readonly reason?: string }
  /** From the first failure, refusal or loss of a grant to its next generation, in seconds. */
  | { readonly _tag: "Recovery"; readonly provider: string; readonly seconds: number }
  | { readonly _tag: "Quarantine"; readonly provider: string; readonly reason: string }

/** `raced`: somebody else's tokens are used. `lost`: the answer never came. The others are what an answer meant. */
export type Outcome = "succeeded" | "raced" | "transient" | "terminal" | "lost"

/** What a follower has to remember of the events before. */
export interface Following {
  /** Since when a grant has been in trouble. */
  readonly troubles: ReadonlyMap<GrantId, Instant>
  /** Failures of which nothing was sent; they count for nothing. */
  readonly unsent: ReadonlySet<EventId>
}

/** A follower that begins here: troubles that the state tells of are known. */
export const followFrom = (state: PoolState): Following => ({
  troubles: new Map(
    Array.from(HashMap.values(state.grants)).flatMap((grant) => {
      const since = troubledSince(grant)
      return since === undefined ? [] : [[grant.id, since]]
    })
  ),
  unsent: new Set()
})

const troubledSince = ({ current, health, refusedAccess, refusedAt, unclassified }: Grant): Instant | undefined => {
  const isRefused = refusedAccess !== undefined && refusedAccess.access === current?.access
  const known = [
    suspicionOf(health)?.since,
    health._tag === "Dead" ? health.since : undefined,
    unclassified?.at,
    isRefused ? refusedAt : undefined
  ].filter((instant) => instant !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

export interface Measured {
  readonly following: Following
  readonly measures: ReadonlyArray<Measure>
}

/** `state` knows the event's credential; it may be ahead of the event. */
export const measure = (following: Following, event: Recorded, state: PoolState, self: ActorId): Measured => {
  const next = remember(following, event)
  const provider = event.actor === self ? subjectOf(state, event)?.provider : undefined
  return { following: next, measures: provider === undefined ? [] : measuresOf(following, event, provider) }
}

const remember = (before: Following, event: Recorded): Following => {
  const { troubles, unsent } = before
  switch (event.type) {
    case "RefreshFailed":
      return isUnsent(event) ? { troubles, unsent: new Set([...unsent, event.id]) } : troubled(before, event)
    case "OutcomeLost":
      return troubled(before, event)
    case "ErrorClassified":
      if (unsent.has(event.data.of)) return { troubles, unsent: without(unsent, event.data.of) }
      return isRefusal(event) ? troubled(before, event) : before
    case "RefreshSucceeded":
    case "RaceAdopted":
    case "GenerationObserved": {
      const others = new Map(troubles)
      return others.delete(event.data.grant) ? { troubles: others, unsent } : before
    }
    default:
      return before
  }
}

const isUnsent = ({ data: { evidence } }: EventOf<"RefreshFailed">): boolean =>
  !evidence.left && whyUnsent.some((why) => why === evidence.fault)

/** Of what the API says only this is about the login. */
const isRefusal = ({ data: { surface, verdict } }: EventOf<"ErrorClassified">): boolean =>
  surface === "api" && (verdict === "AccessExpired" || verdict === "GrantRevoked")

type Troubling = Envelope & EventOf<"RefreshFailed" | "OutcomeLost" | "ErrorClassified">

/** The first trouble counts. */
const troubled = (before: Following, { at, data: { grant } }: Troubling): Following =>
  before.troubles.has(grant) ? before : { ...before, troubles: new Map(before.troubles).set(grant, at) }

const without = <A>(all: ReadonlySet<A>, one: A): ReadonlySet<A> => new Set([...all].filter((each) => each !== one))

const measuresOf = (before: Following, event: Recorded, provider: string): ReadonlyArray<Measure> => {
  const isCounted = event.type !== "ErrorClassified" || !before.unsent.has(event.data.of)
  const ended = isCounted && event.type !== "Unknown" ? outcomeOf(event) : undefined
  const refresh: ReadonlyArray<Measure> = ended === undefined ? [] : [{ _tag: "Refresh", provider, ...ended }]
  switch (event.type) {
    case "RefreshSucceeded":
    case "RaceAdopted":
    case "GenerationObserved":
      return [...refresh, ...recovery(before, event, provider)]
    case "CredentialQuarantined":
      return [{ _tag: "Quarantine", provider, reason: event.data.reason }]
    default:
      return refresh
  }
}

/** What came of a refresh, if the event tells. */
export const outcomeOf = (event: PoolEvent): { readonly outcome: Outcome; readonly reason?: string } | undefined => {
  switch (event.type) {
    case "RefreshSucceeded":
      return { outcome: "succeeded" }
    case "RaceAdopted":
      return isRace(event) ? { outcome: "raced" } : undefined
    case "OutcomeLost":
      return { outcome: "lost" }
    case "ErrorClassified":
      return event.data.surface === "token" ? meaningOf(event) : undefined
    default:
      return undefined
  }
}

/** After a success the success counts; and nobody won where the grant went back to what it had. */
const isRace = ({ data: { fallback, phase } }: EventOf<"RaceAdopted">): boolean =>
  fallback !== true && phase !== "after success"

const meaningOf = ({ data: { reason, verdict } }: EventOf<"ErrorClassified">) => ({
  outcome: verdict === "Terminal" ? ("terminal" as const) : ("transient" as const),
  ...(reason === undefined ? {} : { reason })
})

type Recovering = Envelope & EventOf<"RefreshSucceeded" | "RaceAdopted" | "GenerationObserved">

/** Clocks of two machines, or one that was set back, may disagree. */
const recovery = (
  { troubles }: Following,
  { at, data: { grant } }: Recovering,
  provider: string
): ReadonlyArray<Measure> => {
  const since = troubles.get(grant)
  return since === undefined ? [] : [{ _tag: "Recovery", provider, seconds: Math.max(0, at - since) / 1000 }]
}
