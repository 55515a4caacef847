/**
 * Another program puts a refresh token back into a store that was followed by a newer one, each time after we stored ours:
 * it writes what it has in memory, and would send it. A pair that lost its refresh token, or has the same, harms nobody.
 */
import type { EventOf } from "../../Event.ts"
import type { Fingerprint } from "../../Fingerprint.ts"
import type { GrantId } from "../../Ids.ts"
import type { Envelope } from "../../Recorded.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, subjectsMost, type Watch } from "./Watcher.ts"

/** One may be a backup, two a backup that was chosen wrongly. */
const least = 3
const longestGap = 2 * day

export const oldTokenPutBack: Watch = (recognised) => {
  /** The refresh tokens that we stored, until a look finds older ones in their place. */
  const stored = memoryOf<GrantId, Fingerprint>(subjectsMost)
  const runs = makeRuns({ kind: "dead-token-replayed", least, longestGap }, recognised)

  const putBack = (event: Envelope & EventOf<"VaultRead">): void => {
    const { generation, grant, store } = event.data
    const ours = stored.get(grant)
    const theirs = generation?.refresh
    if (ours === undefined || theirs === undefined || theirs === ours) return
    stored.delete(grant)
    runs.again(grant, { event, credential: event.credential, grant, store, wasted: 0, stop: "one-writer" })
  }

  return {
    runs: [runs],
    take: (event) => {
      switch (event.type) {
        case "RefreshSucceeded": {
          const { grant, next } = event.data
          return next.refresh === undefined ? undefined : stored.set(grant, next.refresh)
        }
        case "VaultRead":
          return event.data.standing === "stale" ? putBack(event) : undefined
      }
    }
  }
}
