/** Who goes through a stretch event by event remembers the first change there, so that nobody has to look it up again. */
import type { EventId, Seq } from "@daybook/pool/Ids"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Answer } from "@daybook/pool/queries/Bisect"
import type { Recorded } from "@daybook/pool/Recorded"

export interface Change {
  readonly event: Recorded
  readonly before: PoolState
  readonly since: PoolState
}

/** So many events back the cause of one is mostly found. */
const remembered = 512

export class Witness {
  /** Where it began to hold first, of what was seen. */
  first: Change | undefined
  #last: { readonly state: PoolState; readonly answer: Answer } | undefined
  #events: Array<Recorded> = []

  /** A state from which the next events are seen. */
  begin(state: PoolState, answer: Answer): void {
    this.#last = { state, answer }
  }

  see(event: Recorded, state: PoolState, answer: Answer): void {
    if (this.first === undefined) {
      this.#remember(event)
      if (this.#last?.answer === "fails" && answer === "holds")
        this.first = { event, before: this.#last.state, since: state }
    }
    this.#last = { state, answer }
  }

  changeAt(seq: Seq): Change | undefined {
    return this.first?.event.seq === seq ? this.first : undefined
  }

  eventOf(id: EventId): Recorded | undefined {
    return this.#events.findLast((event) => event.id === id)
  }

  #remember(event: Recorded): void {
    this.#events.push(event)
    if (this.#events.length > 2 * remembered) this.#events = this.#events.slice(-remembered)
  }
}
