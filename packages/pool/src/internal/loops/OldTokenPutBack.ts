/**
 * Another program puts tokens back into a store that were followed by newer ones, each time after we stored ours: it
 * writes what it has in memory, and would send it.
 */
import type { EventOf } from "../../Event.ts"
import type { GrantId } from "../../Ids.ts"
import type { Envelope } from "../../Recorded.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, subjectsMost, type Watch } from "./Watcher.ts"

/** One may be a backup, two a backup that was chosen wrongly. */
const least = 3
const longestGap = 2 * day

export const oldTokenPutBack: Watch = (recognised) => {
  /** Grants whose newest tokens we stored since the last look that found older ones. */
  const stored = memoryOf<GrantId, true>(subjectsMost)
  const runs = makeRuns({ kind: "dead-token-replayed", least, longestGap }, recognised)

  const putBack = (event: Envelope & EventOf<"VaultRead">): void => {
    const { grant, store } = event.data
    if (!stored.delete(grant)) return
    runs.again(grant, { event, credential: event.credential, grant, store, wasted: 0, stop: "one-writer" })
  }

  return {
    runs: [runs],
    take: (event) => {
      switch (event.type) {
        case "RefreshSucceeded":
          return stored.set(event.data.grant, true)
        case "VaultRead":
          return event.data.standing === "stale" ? putBack(event) : undefined
      }
    }
  }
}
