/**
 * Which tokens a grant has, event by event: when others take their place, whether those were there before, and when an
 * API refuses the ones that count. A few words for each grant, for whoever looks for loops.
 */
import type { Fingerprint } from "../../Fingerprint.ts"
import type { Generation, GenerationRef } from "../../Generation.ts"
import type { GrantId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Envelope } from "../../Recorded.ts"
import { remember } from "./Remember.ts"
import { type Known, subjectsMost } from "./Watcher.ts"

export interface Held {
  readonly key: string
  readonly access: Fingerprint | undefined
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
  /** Keys of former ones, the newest few. */
  readonly past: Array<string>
}

/** Whoever goes back and forth does so between fewer. */
const pastMost = 8

const still: Moved = {}

export const makeLineages = () => {
  const lineages = new Map<GrantId, Lineage>()

  const lineageOf = (grant: GrantId): Lineage => {
    const known = lineages.get(grant)
    if (known !== undefined) return known
    const begun: Lineage = { current: undefined, past: [] }
    remember(lineages, grant, begun, subjectsMost)
    return begun
  }

  const arrive = (grant: GrantId, generation: Generation, { at }: Envelope, by: Way, isSight = false): Moved => {
    const lineage = lineageOf(grant)
    const before = lineage.current
    const key = keyOf(generation)
    if (before?.key === key) return still
    const isReturn = lineage.past.includes(key)
    if (isReturn && isSight) return still
    const now = heldOf(key, generation, at, by)
    lineage.current = now
    if (before !== undefined) pushPast(lineage.past, before.key)
    return { arrival: { grant, before, now, isReturn } }
  }

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
        return arrive(event.data.grant, event.data.generation, event, wayOf(event.data.how), true)
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

const keyOf = ({ access, refresh }: GenerationRef): string => `${refresh ?? ""} ${access ?? ""}`

const heldOf = (key: string, generation: Generation, at: Instant, by: Way): Held => {
  const { access, expiresAt, issuedAt = at } = generation
  const lifetime = expiresAt === undefined ? undefined : expiresAt - issuedAt
  return { key, access, since: at, expiresAt, lifetime, by, refusedAt: undefined }
}

const pushPast = (past: Array<string>, key: string): void => {
  past.push(key)
  if (past.length > pastMost) past.shift()
}
