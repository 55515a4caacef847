/** Values by chance that are the same for the same seed. */
export const draws = (seed: number) => {
  let state = seed
  /** mulberry32 */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  const one = <A>(all: ReadonlyArray<A>): A => all[below(all.length)]!
  return {
    below,
    one,
    maybe: <A>(make: () => A): A | undefined => (below(3) === 0 ? undefined : make()),
    text: (parts: ReadonlyArray<string>): string => Array.from({ length: below(8) }, () => one(parts)).join("")
  }
}
