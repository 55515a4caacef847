/**
 * Choices that a seed decides, so that a history can be had again (mulberry32).
 */
export interface Chances {
  /** In [0, 1). */
  readonly next: () => number
  readonly oneOf: <A>(all: ReadonlyArray<A>) => A
}

export const make = (seed: number): Chances => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, oneOf: (all) => all[Math.floor(next() * all.length)]! }
}
