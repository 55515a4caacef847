/**
 * The heaviest of a run of values, without a look at each: of every block of them the greatest weight is known. It is
 * worked out again when values came, and when they are weighed otherwise.
 */
import type { Deque, Numbers } from "./Deque.ts"

const blockLength = 64

/** By index; from 0 to 255. */
export type Weigh = (index: number) => number

export class Heaviest {
  readonly #blocks: Uint8Array

  constructor(length: number, weigh: Weigh) {
    this.#blocks = new Uint8Array(Math.floor(length / blockLength))
    for (let index = 0; index < this.#blocks.length * blockLength; index += 1) {
      const block = Math.floor(index / blockLength)
      this.#blocks[block] = Math.max(this.#blocks[block]!, weigh(index))
    }
  }

  /** Index of the heaviest, and of those the last; `to` is not one of them. */
  in(from: number, to: number, weigh: Weigh): number {
    let found = to - 1
    let weight = -1
    for (let index = to; index > from;) {
      if (index % blockLength === 0 && this.#blocks[index / blockLength - 1]! <= weight) {
        index -= blockLength
        continue
      }
      index -= 1
      const own = weigh(index)
      if (own > weight) [found, weight] = [index, own]
    }
    return found
  }
}

interface Known {
  readonly version: number
  readonly by: unknown
  readonly heaviest: Heaviest
}

const known = new WeakMap<Deque<Numbers>, Known>()

/** Of the values as they are. `by`: what they are weighed by, beside themselves. */
export const heaviestOf = (values: Deque<Numbers>, by: unknown, weigh: Weigh): Heaviest => {
  const last = known.get(values)
  if (last !== undefined && last.version === values.version && last.by === by) return last.heaviest
  const heaviest = new Heaviest(values.length, weigh)
  known.set(values, { version: values.version, by, heaviest })
  return heaviest
}
