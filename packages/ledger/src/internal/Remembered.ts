/**
 * States that a reader came by, for as long as it has the ledger open. Where nobody kept snapshots, a ledger is read once
 * from its beginning, and not again for each look back. A few are enough; each holds lineages of its own.
 */
import type { PoolState } from "@daybook/pool/PoolState"
import type { Crossed, Mark } from "./View.ts"

/** Of a ledger as it is when it is opened. */
const wanted = 12

/** Of one that grew meanwhile. */
const most = 2 * wanted

export class Remembered {
  readonly #kept: Array<Crossed> = []
  readonly #step: number
  #passed = 0

  /** `marks`: how many there are in all, about. */
  constructor(marks: number) {
    this.#step = Math.max(1, Math.ceil(marks / wanted))
  }

  /** Marks in order; what was come by before is not kept again. */
  readonly offer = (crossed: ReadonlyArray<Crossed>): void => {
    for (const one of crossed) {
      const isLater = one.mark.seq > (this.#kept.at(-1)?.mark.seq ?? 0)
      if (isLater && ++this.#passed % this.#step === 0 && this.#kept.length < most) this.#kept.push(one)
    }
  }

  /** The state at a mark, if it was kept and is of the same chain. */
  readonly stateAt = ({ h, seq }: Mark): PoolState | undefined =>
    this.#kept.find(({ mark }) => mark.seq === seq && mark.h === h)?.state
}
