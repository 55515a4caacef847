/** Where a ledger speaks of one token, which it knows by its fingerprint alone. */
import { HashMap } from "effect"
import type { Fingerprint } from "../Fingerprint.ts"
import type { CredentialId, Seq } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import { type Credential, grantById, type PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { storyOf } from "./Story.ts"

export interface TokenUse {
  readonly credential: CredentialId
  readonly provider: string
  readonly removed: boolean
  readonly role: Role
  /** `current` is what is served, or sent next; `dead` is never sent again; `past` was followed by others. */
  readonly standing: "current" | "dead" | "past"
  readonly first: Mention
  readonly last: Mention
  /** Events that name it. */
  readonly events: number
}

/** As what it was seen. An account is the fingerprint of whose login it is. */
export type Role = "access" | "refresh" | "account" | "seat"

export interface Mention {
  readonly seq: Seq
  readonly at: Instant
  readonly type: string
}

/** One row for each credential that had it. `events` are those that name it, in order; `state` is the pool behind them. */
export const tokenUse = (
  state: PoolState,
  fingerprint: Fingerprint,
  events: ReadonlyArray<Recorded>
): ReadonlyArray<TokenUse> =>
  Array.from(HashMap.values(state.credentials))
    .toSorted((a, b) => a.enrolledSeq - b.enrolledSeq)
    .flatMap((credential) => {
      const own = events.filter(storyOf(state, credential.id))
      const [first, last] = [own[0], own.at(-1)]
      const role = own.map(({ data }) => roleIn(data, fingerprint)).find((role) => role !== undefined)
      if (first === undefined || last === undefined || role === undefined) return []
      const { id, provider, removed } = credential
      const standing = standingOf(state, credential, role, fingerprint)
      const mentions = { first: mention(first), last: mention(last), events: own.length }
      return [{ credential: id, provider, removed, role, standing, ...mentions }]
    })

export const mention = (event: Recorded): Mention => ({
  seq: event.seq,
  at: event.at,
  type: event.type === "Unknown" ? event.data.type : event.type
})

const roles: ReadonlyArray<Role> = ["access", "refresh", "account", "seat"]

const roleIn = (value: unknown, fingerprint: Fingerprint): Role | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const parts = new Map(Object.entries(value))
  const own = roles.find((role) => parts.get(role) === fingerprint)
  return own ?? [...parts.values()].map((part) => roleIn(part, fingerprint)).find((role) => role !== undefined)
}

const standingOf = (
  state: PoolState,
  { grant }: Credential,
  role: Role,
  fingerprint: Fingerprint
): TokenUse["standing"] => {
  const { current, health } = grantById(state, grant)
  const isToken = role === "access" || role === "refresh"
  if (health._tag === "Dead" && isToken && health.generation[role] === fingerprint) return "dead"
  return current?.[role] === fingerprint ? "current" : "past"
}
