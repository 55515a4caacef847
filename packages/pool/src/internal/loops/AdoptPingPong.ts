/**
 * A grant goes back to tokens that others had taken the place of, again and again: two programs hold two pairs, and each
 * takes what the other puts into the store. Many that adopt one winner go forwards only.
 */
import type { GrantId } from "../../Ids.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, subjectsMost, type Watch } from "./Watcher.ts"

/** Once is the way back to a pair that was displaced by one that is dead. */
const least = 2
const longestGap = 1 * day

export const adoptPingPong: Watch = (recognised) => {
  /** Refreshes that were refused since the last return. */
  const refused = memoryOf<GrantId, number>(subjectsMost)
  const runs = makeRuns({ kind: "adopt-ping-pong", least, longestGap }, recognised)

  return {
    runs: [runs],
    take: (event, { arrival }) => {
      if (event.type === "RefreshFailed" && event.data.evidence.status !== undefined) {
        const { grant } = event.data
        return refused.set(grant, (refused.get(grant) ?? 0) + 1)
      }
      if (event.type !== "RaceAdopted" || arrival?.isReturn !== true) return
      const { grant, winner } = event.data
      const wasted = refused.get(grant) ?? 0
      refused.delete(grant)
      const { store } = winner
      runs.again(grant, { event, credential: event.credential, grant, store, wasted, stop: "one-writer" })
    }
  }
}
