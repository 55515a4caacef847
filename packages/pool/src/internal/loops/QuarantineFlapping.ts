/**
 * A login is judged dead, comes back and is judged dead again before it was of use, and so on. A login that dies once in a
 * few weeks, or works for hours before it does, and is made again, lives as its provider lets it.
 */
import type { EventOf } from "../../Event.ts"
import type { GrantId } from "../../Ids.ts"
import type { Instant } from "../../Instant.ts"
import type { Envelope } from "../../Recorded.ts"
import type { StopAct } from "../../queries/Loops.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, subjectsMost, type Watch } from "./Watcher.ts"

/** Quarantines. The second may be a revival that was worth a try, or a login with the same mistake. */
const least = 3

/** What lived for longer after it came back was alive. */
const alive = 1 * day
/** And so was what could be refreshed as often as this. */
const provenBy = 3

interface Fate {
  isDead: boolean
  backSince: Instant
  refreshes: number
}

export const quarantineFlapping: Watch = (recognised) => {
  const fates = memoryOf<GrantId, Fate>(subjectsMost)
  const runs = makeRuns({ kind: "quarantine-flapping", least, longestGap: Number.MAX_SAFE_INTEGER }, recognised)

  const quarantined = (event: Envelope & EventOf<"CredentialQuarantined">): void => {
    const { grant, rule } = event.data
    const fate = fates.get(grant)
    if (fate?.isDead === true) return
    const isAgain = fate !== undefined && fate.refreshes < provenBy && event.at - fate.backSince <= alive
    if (!isAgain) runs.end(grant, event)
    fates.set(grant, { isDead: true, backSince: event.at, refreshes: 0 })
    runs.again(grant, {
      event,
      credential: event.credential,
      grant,
      rule,
      wasted: isAgain ? 1 : 0,
      stop: stopOf(event)
    })
  }
  const back = (grant: GrantId, at: Instant): void => {
    const fate = fates.get(grant)
    if (fate?.isDead !== true) return
    fate.isDead = false
    fate.backSince = at
  }
  const refreshed = (grant: GrantId): void => {
    const fate = fates.get(grant)
    if (fate?.isDead === false) fate.refreshes += 1
  }

  return {
    runs: [runs],
    take: (event, { arrival }) => {
      if (event.type === "CredentialQuarantined") return quarantined(event)
      if (event.type === "QuarantineLifted") return back(event.data.grant, event.at)
      if (arrival !== undefined) back(arrival.grant, event.at)
      if (event.type === "RefreshSucceeded") refreshed(event.data.grant)
    }
  }
}

/** A token that is reused has a second user; for anything else there is nothing to be had from the old login. */
const stopOf = ({ data }: EventOf<"CredentialQuarantined">): StopAct =>
  data.reason === "Reused" || data.reason === "ResponseLost" ? "one-writer" : "log-in"
