/** Numbers that grow at both ends: a ledger is read backwards from its end while new events come behind it. */

export type Numbers = Float64Array | Uint32Array | Uint8Array

export class Deque<A extends Numbers> {
  /** The values stand in it from `start` on. */
  array: A
  start = 0
  length = 0
  /** Another one whenever values came or went. */
  version = 0
  readonly #make: (length: number) => A

  constructor(make: (length: number) => A) {
    this.#make = make
    this.array = make(16)
  }

  get(index: number): number {
    return this.array[this.start + index]!
  }

  set(index: number, value: number): void {
    this.array[this.start + index] = value
  }

  addBehind(values: ArrayLike<number>): void {
    if (this.start + this.length + values.length > this.array.length) this.#grow(values.length)
    this.array.set(values, this.start + this.length)
    this.length += values.length
    this.version += 1
  }

  addBefore(values: ArrayLike<number>): void {
    if (this.start < values.length) this.#grow(values.length)
    this.start -= values.length
    this.length += values.length
    this.version += 1
    this.array.set(values, this.start)
  }

  dropFirst(): void {
    this.start += 1
    this.length -= 1
    this.version += 1
  }

  /** Index of the first value that is not below a limit, in sorted numbers; `length` when all are below. */
  lowerBound(limit: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.get(middle) < limit) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Index of the first value above a limit. */
  upperBound(limit: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.get(middle) <= limit) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Room for so many more at either end, and as many again as there are. */
  #grow(more: number): void {
    const room = Math.max(more, this.length >>> 1)
    const grown = this.#make(this.length + 2 * room)
    grown.set(this.array.subarray(this.start, this.start + this.length), room)
    this.array = grown
    this.start = room
  }
}

export const floats = (): Deque<Float64Array> => new Deque((length) => new Float64Array(length))
export const integers = (): Deque<Uint32Array> => new Deque((length) => new Uint32Array(length))
export const bytes = (): Deque<Uint8Array> => new Deque((length) => new Uint8Array(length))
