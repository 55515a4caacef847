/**
 * Refreshes are begun and none comes to an answer: whoever begins them is killed each time, or loses what it was told. An
 * outage is none of this, since a fault is an outcome.
 */
import type { Trigger } from "../../events/RefreshEvents.ts"
import type { AttemptId, GrantId } from "../../Ids.ts"
import { memoryOf } from "./Memory.ts"
import { makeRuns } from "./Runs.ts"
import { day, type Known, subjectsMost, type Watch } from "./Watcher.ts"

/** A crash and one more are bad luck. */
const least = 3
const longestGap = 1 * day

interface Claim {
  readonly attempt: AttemptId
  readonly trigger: Trigger
}

export const claimWithoutOutcome: Watch = (recognised) => {
  const open = memoryOf<GrantId, Claim>(subjectsMost)
  const runs = makeRuns({ kind: "claim-without-outcome", least, longestGap }, recognised)

  const again = (event: Known, grant: GrantId): void => {
    const credential = "credential" in event ? event.credential : undefined
    runs.again(grant, { event, credential, grant, wasted: 1, policy: "timeLimit", stop: "let-finish" })
  }
  /** The answer to a replay does not undo that the first sending had none. */
  const answered = (event: Known, grant: GrantId): void => {
    const claim = open.get(grant)
    open.delete(grant)
    if (claim?.trigger !== "replay") runs.end(grant, event)
  }

  return {
    runs: [runs],
    take: (event) => {
      switch (event.type) {
        case "RefreshStarted": {
          const { attempt, grant, trigger } = event.data
          if (open.get(grant) !== undefined) again(event, grant)
          return open.set(grant, { attempt, trigger })
        }
        case "OutcomeLost":
          open.delete(event.data.grant)
          return again(event, event.data.grant)
        case "RefreshSucceeded":
        case "RefreshFailed":
          return answered(event, event.data.grant)
        case "SuccessorStashed":
        case "RaceAdopted":
          return void open.delete(event.data.grant)
      }
    }
  }
}
