/**
 * Refreshes are begun and none comes to an answer: whoever begins them is killed each time, or loses what it was told. Who
 * comes next finds what was begun, and says that its outcome is lost. An outage is none of this: a fault is an outcome.
 */
import type { GrantId } from "../../Ids.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, type Known, subjectsMost, type Watch } from "./Watcher.ts"

/** A crash and one more are bad luck. */
const least = 3
const longestGap = 1 * day

export const claimWithoutOutcome: Watch = (recognised) => {
  /** Grants whose last attempt was lost: the next one sends the same token once more. */
  const lost = memoryOf<GrantId, true>(subjectsMost)
  const runs = makeRuns({ kind: "claim-without-outcome", least, longestGap }, recognised)

  /** The answer to a replay does not undo that the first sending had none. */
  const answered = (event: Known, grant: GrantId): void => {
    if (!lost.delete(grant)) runs.end(grant, event)
  }

  return {
    runs: [runs],
    take: (event) => {
      switch (event.type) {
        case "OutcomeLost": {
          const { credential, data } = event
          lost.set(data.grant, true)
          const about = { credential, grant: data.grant, policy: "timeLimit" }
          return runs.again(data.grant, { event, ...about, wasted: 1, stop: "let-finish" })
        }
        case "RefreshSucceeded":
        case "RefreshFailed":
          return answered(event, event.data.grant)
      }
    }
  }
}
