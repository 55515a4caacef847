/**
 * Which tokens a grant has, event by event: when others take their place, whether those were there before, and when an
 * API refuses the ones that count. A few words for each grant, for whoever looks for loops.
 */
import type { Fingerprint } from "../../Fingerprint.ts"
import type { EventOf } from "../../Event.ts"
import type { Generation, GenerationRef } from "../../Generation.ts"
import type { GrantId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Envelope } from "../../Recorded.ts"
import { memoryOf } from "./Memory.ts"
import { type Known, subjectsMost } from "./Watcher.ts"

export interface Held {
  readonly access: Fingerprint | undefined
  readonly refresh: Fingerprint | undefined
  readonly since: Instant
  readonly expiresAt: Instant | undefined
  /** From its making to its end, in milliseconds. */
  readonly lifetime: number | undefined
  readonly by: Way
  refusedAt: Instant | undefined
}

/** How tokens came: our own refresh, somebody else's, a person's login. */
export type Way = "refresh" | "adoption" | "login"

export interface Arrival {
  readonly grant: GrantId
  readonly before: Held | undefined
  readonly now: Held
  /** They were there before, and others since. */
  readonly isReturn: boolean
}

export interface Moved {
  readonly arrival?: Arrival
  /** Whose access token an API has refused now, for the first time. */
  readonly refused?: Held
}

interface Lineage {
  current: Held | undefined
  /** Former ones, the newest few. */
  readonly past: Array<Held>
}

/** Whoever goes back and forth does so between fewer. */
const pastMost = 8

const still: Moved = {}

export const makeLineages = () => {
  const lineages = memoryOf<GrantId, Lineage>(subjectsMost)

  const lineageOf = (grant: GrantId): Lineage => {
    const known = lineages.get(grant)
    if (known !== undefined) return known
    const begun: Lineage = { current: undefined, past: [] }
    lineages.set(grant, begun)
    return begun
  }

  const arrive = (grant: GrantId, generation: Generation, { at }: Envelope, by: Way): Moved => {
    const lineage = lineageOf(grant)
    const before = lineage.current
    if (before !== undefined && isPair(before, generation)) return still
    // A provider gives no old tokens.
    const isReturn = by !== "refresh" && lineage.past.some((former) => isPair(former, generation))
    const now = heldOf(generation, at, by)
    lineage.current = now
    if (before !== undefined) pushPast(lineage.past, before)
    return { arrival: { grant, before, now, isReturn } }
  }

  /** What was followed by others stays in the past, whoever sees it again. */
  const see = ({ data, ...event }: Envelope & EventOf<"GenerationObserved">): Moved =>
    lineages.get(data.grant)?.past.some((former) => isPair(former, data.generation)) === true
      ? still
      : arrive(data.grant, data.generation, event, wayOf(data.how))

  const refuse = (grant: GrantId, { access }: GenerationRef, at: Instant): Moved => {
    const current = lineages.get(grant)?.current
    if (current === undefined || current.access !== access || current.refusedAt !== undefined) return still
    current.refusedAt = at
    return { refused: current }
  }

  const follow = (event: Known): Moved => {
    switch (event.type) {
      case "RefreshSucceeded":
      case "SuccessorStashed":
        return arrive(event.data.grant, event.data.next, event, "refresh")
      case "RaceAdopted":
        return arrive(event.data.grant, event.data.found, event, "adoption")
      case "RecoveryAdopted":
        return arrive(event.data.grant, event.data.generation, event, "login")
      case "GenerationObserved":
        return see(event)
      case "ErrorClassified":
        return event.data.surface === "api" && event.data.verdict === "AccessExpired"
          ? refuse(event.data.grant, event.data.generation, event.at)
          : still
      default:
        return still
    }
  }

  return { follow }
}

const wayOf = (how: "enrol" | "login" | "import" | "watch" | "reload"): Way =>
  how === "watch" || how === "reload" ? "adoption" : "login"

const isPair = (held: Held, { access, refresh }: GenerationRef): boolean =>
  held.refresh === refresh && held.access === access

const heldOf = ({ access, expiresAt, issuedAt, refresh }: Generation, at: Instant, by: Way): Held => ({
  access,
  refresh,
  since: at,
  expiresAt,
  lifetime: expiresAt === undefined ? undefined : expiresAt - (issuedAt ?? at),
  by,
  refusedAt: undefined
})

const pushPast = (past: Array<Held>, former: Held): void => {
  past.push(former)
  if (past.length > pastMost) past.shift()
}
