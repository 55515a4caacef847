/**
 * How long things took: counts of waits, rounded up to whole microseconds and to three digits, so that the waits of
 * several processes can be put together exactly.
 */

/** Microseconds, and how many waits were that long. */
export type Counts = ReadonlyArray<readonly [micros: number, times: number]>

export class Waits {
  readonly #counts: Map<number, number>

  constructor(counts: Counts = []) {
    this.#counts = new Map(counts)
  }

  add(millis: number): void {
    this.#count(round(millis * 1_000), 1)
  }

  addAll(counts: Counts): void {
    for (const [micros, times] of counts) this.#count(micros, times)
  }

  get counts(): Counts {
    return [...this.#counts].toSorted(([a], [b]) => a - b)
  }

  get count(): number {
    return sum(this.counts)
  }

  /** The wait, in milliseconds, that this share of all waits did not exceed; 1 gives the longest. */
  at(share: number): number {
    const counts = this.counts
    const wanted = sum(counts) * share
    let passed = 0
    const found = counts.find(([, times]) => (passed += times) >= wanted)
    return (found?.[0] ?? 0) / 1_000
  }

  #count(micros: number, times: number): void {
    this.#counts.set(micros, (this.#counts.get(micros) ?? 0) + times)
  }
}

const round = (micros: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(micros)) - 2)
  return Math.ceil(micros / step) * step
}

const sum = (counts: Counts): number => counts.reduce((all, [, times]) => all + times, 0)
