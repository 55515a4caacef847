/**
 * A refresh that helps nobody: it brings the access token that was there, or no access token at all, or one that the API
 * refuses at once as it refused the one before.
 */
import type { EventOf } from "../../Event.ts"
import type { Envelope } from "../../Recorded.ts"
import type { Arrival, Held } from "./Lineages.ts"
import { makeRuns } from "./Runs.ts"
import { day, minute, type Known, type Watch } from "./Watcher.ts"

/** Two in a row may be an answer out of a cache, or one more try; the third shows that trying does not help. */
const least = 3

/** A token that served longer than this before it was refused was of use. */
const atOnce = 5 * minute

/** Beyond the longest wait between refreshes of a grant whose tokens are refused. */
const longestGap = 1 * day

export const refreshChangesNothing: Watch = (recognised) => {
  const terms = { kind: "refresh-changes-nothing", least, longestGap } as const
  const same = makeRuns(terms, recognised)
  const refusals = makeRuns(terms, recognised)

  const answered = (event: Envelope & EventOf<"RefreshSucceeded">): void => {
    const { generation, grant, next } = event.data
    if (next.access !== undefined && next.access !== generation.access) return same.end(grant, event)
    same.again(grant, { event, credential: event.credential, grant, wasted: 1, stop: "check-api" })
  }
  const refused = (event: Envelope & EventOf<"ErrorClassified">, held: Held): void => {
    if (held.by !== "refresh" || event.at - held.since > atOnce) return
    const { grant, rule } = event.data
    const about = { credential: event.credential, grant, rule, policy: "deniedBackoff" }
    refusals.again(grant, { event, ...about, wasted: 2, stop: "check-api" }) // the refresh, and the call
  }
  const arrived = (event: Known, { before, grant }: Arrival): void => {
    if (before !== undefined && !wasRefusedAtOnce(before)) refusals.end(grant, event)
  }

  return {
    runs: [same, refusals],
    take: (event, { arrival, refused: held }) => {
      if (event.type === "RefreshSucceeded") answered(event)
      if (arrival !== undefined) arrived(event, arrival)
      if (event.type === "ErrorClassified" && held !== undefined) refused(event, held)
    }
  }
}

const wasRefusedAtOnce = ({ refusedAt, since }: Held): boolean => refusedAt !== undefined && refusedAt - since <= atOnce
