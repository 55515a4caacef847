/**
 * New tokens for a grant, over and over, while the ones before were as good as new: somebody asks for a refresh with each
 * call, or two programs outdo each other. Tokens that were refused, and logins by a person, explain themselves.
 */
import type { EventOf } from "../../Event.ts"
import type { Instant } from "../../Instant.ts"
import type { Arrival, Held } from "./Lineages.ts"
import { makeRuns } from "./Runs.ts"
import { day, minute, type Watch } from "./Watcher.ts"

/** A person who tries something out comes to fewer. */
const least = 10

/** Proactive refreshes begin in the second half of a lifetime at the earliest; with more than this left, none was due. */
const asGoodAsNew = 3 / 4

/** Where nobody said how long a token lives, one that is younger was hardly used. */
const young = 1 * minute

const longestGap = 1 * day

export const refreshStorm: Watch = (recognised) => {
  const runs = makeRuns({ kind: "refresh-storm", least, longestGap }, recognised)
  return {
    runs: [runs],
    take: (event, { arrival }) => {
      if (arrival === undefined || (event.type !== "RefreshSucceeded" && event.type !== "RaceAdopted")) return
      const { before, grant } = arrival
      if (before === undefined || !isEarly(before, event.at)) return runs.end(grant, event)
      if (before.refusedAt !== undefined || isRepeated(arrival)) return
      const store = event.type === "RaceAdopted" ? event.data.winner.store : undefined
      const about = { credential: event.credential, grant, ...(store === undefined ? {} : { store }) }
      runs.again(grant, { event, ...about, wasted: 1, stop: stopOf(event) })
    }
  }
}

/** The same access token again, or a way back: loops of other kinds. */
const isRepeated = ({ before, isReturn, now }: Arrival): boolean => isReturn || before?.access === now.access

const isEarly = ({ expiresAt, lifetime, since }: Held, at: Instant): boolean =>
  expiresAt === undefined || lifetime === undefined ? at - since < young : expiresAt - at > lifetime * asGoodAsNew

const stopOf = ({ type }: EventOf<"RefreshSucceeded" | "RaceAdopted">) =>
  type === "RaceAdopted" ? ("one-writer" as const) : ("calm-callers" as const)
