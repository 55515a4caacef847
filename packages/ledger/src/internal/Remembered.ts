/**
 * States that a reader came by, for as long as it has the ledger open. Where nobody kept snapshots, a ledger is read once
 * from its beginning, and not again for each look back. A few dozen are enough: they share most of what they hold.
 */
import type { PoolState } from "@daybook/pool/PoolState"
import type { Crossed, Mark } from "./View.ts"

/** More are thinned out, so that those that stay are spread evenly. */
const most = 64

export class Remembered {
  #kept: ReadonlyArray<Crossed> = []
  /** Every so manyth mark is kept. */
  #step = 1
  #passed = 0

  /** Marks in order; what was come by before is not kept again. */
  readonly offer = (crossed: ReadonlyArray<Crossed>): void => {
    for (const one of crossed) {
      const isLater = one.mark.seq > (this.#kept.at(-1)?.mark.seq ?? 0)
      if (isLater && ++this.#passed % this.#step === 0) this.#keep(one)
    }
  }

  /** The state at a mark, if it was kept and is of the same chain. */
  readonly stateAt = ({ h, seq }: Mark): PoolState | undefined =>
    this.#kept.find(({ mark }) => mark.seq === seq && mark.h === h)?.state

  #keep(crossed: Crossed): void {
    this.#kept = [...this.#kept, crossed]
    if (this.#kept.length <= most) return
    this.#kept = this.#kept.filter((_, place) => place % 2 === 1)
    this.#step *= 2
  }
}
