/** Decisions that no replay can make again, counted by their type and the reason. */
import { catalogue, type EventType } from "../Event.ts"
import type { Act } from "./Act.ts"
import type { WhyNotJudged } from "./Decided.ts"

export interface NotJudged {
  readonly type: EventType
  readonly why: WhyNotJudged
  readonly count: number
}

export class Unjudged {
  private readonly counted = new Map<string, NotJudged>()

  add(act: Act, why: WhyNotJudged): void {
    for (const { type } of act) {
      if (type === "Unknown" || catalogue[type].kind !== "decision") continue
      const key = `${type} ${why}`
      this.counted.set(key, { type, why, count: 1 + (this.counted.get(key)?.count ?? 0) })
    }
  }

  /** By type. */
  get all(): ReadonlyArray<NotJudged> {
    return [...this.counted.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1))
  }
}
