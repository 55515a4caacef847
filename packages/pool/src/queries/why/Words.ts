/** Names and times in what a query says. */
import { HashMap, Option } from "effect"
import type { EventOf } from "../../Event.ts"
import type { ActorId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { PoolState } from "../../PoolState.ts"
import type { Evidence } from "../../Evidence.ts"

/** `program[pid]`, or the end of the id of an actor who never said who it is. */
export const actorName = (state: PoolState, id: ActorId): string =>
  Option.match(HashMap.get(state.actors, id), {
    onNone: () => id.slice(-8),
    onSome: ({ pid, program }) => `${program}[${pid}]`
  })

export type Winner = EventOf<"RaceAdopted">["data"]["winner"]

export const winnerName = (state: PoolState, { actor, store }: Winner): string =>
  actor === undefined
    ? `another program${store === undefined ? "" : ` (seen in the ${store} store)`}`
    : actorName(state, actor)

/** `2026-11-22T10:00:00Z` */
export const moment = (instant: Instant): string => new Date(instant).toISOString().replace(/\.\d{3}Z$/, "Z")

const units = [
  { name: "d", millis: 86_400_000 },
  { name: "h", millis: 3_600_000 },
  { name: "min", millis: 60_000 },
  { name: "s", millis: 1_000 }
]

/** `12 d`, `3 h`, `less than a second`. */
export const span = (millis: number): string => {
  const unit = units.find((unit) => millis >= unit.millis)
  return unit === undefined ? "less than a second" : `${Math.floor(millis / unit.millis)} ${unit.name}`
}

/** What the provider answered, in its codes. */
export const answer = ({ code, fault, status }: Evidence): string =>
  [status, code, fault].filter((part) => part !== undefined).join(" ") || "no answer"
