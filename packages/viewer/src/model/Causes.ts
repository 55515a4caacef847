/**
 * Which event led to which, by number. Causes mostly stand a few events before what they led to. A cause that stands before the
 * piece is asked for, and found when the piece that has it is read.
 */
import type { Recorded } from "@daybook/pool/Recorded"
import type { LateCauses } from "../Picture.ts"

/** What is asked for is forgotten when it grows beyond this: a ledger may lack what it names. */
const wantedMost = 20_000

export class Causes {
  /** By the id of a cause, the events it led to. */
  readonly #wanted = new Map<string, Array<number>>()

  want(id: string, effect: number): void {
    const effects = this.#wanted.get(id)
    if (effects !== undefined) effects.push(effect)
    else if (this.#wanted.size < wantedMost) this.#wanted.set(id, [effect])
  }

  /** What this event led to, and was not known to. */
  found(id: string): ReadonlyArray<number> {
    const effects = this.#wanted.get(id)
    if (effects === undefined) return []
    this.#wanted.delete(id)
    return effects
  }
}

/** Those of one piece. Live pieces go on where the newest one ended. */
export class CausesWithin {
  readonly #all: Causes
  readonly #ids: Map<string, number>
  readonly #missing: Array<readonly [id: string, effect: number]> = []
  readonly #late: Array<readonly [effect: number, cause: number]> = []

  constructor(all: Causes, ids: Map<string, number> = new Map()) {
    this.#all = all
    this.#ids = ids
  }

  get ids(): Map<string, number> {
    return this.#ids
  }

  /** Number of its cause; 0 for none, and for one that is not known yet. */
  take({ cause, id, seq }: Recorded): number {
    const found = cause === undefined ? undefined : this.#ids.get(cause)
    if (cause !== undefined && found === undefined) this.#missing.push([cause, seq])
    this.#ids.set(id, seq)
    for (const effect of this.#all.found(id)) this.#late.push([effect, seq])
    return found ?? 0
  }

  /** Asks the pieces to come for what was not found. */
  finish(): LateCauses {
    for (const [id, effect] of this.#missing) this.#all.want(id, effect)
    return {
      effect: Float64Array.from(this.#late, ([effect]) => effect),
      cause: Float64Array.from(this.#late, ([, cause]) => cause)
    }
  }
}
