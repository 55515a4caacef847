/** Chance that is the same again for the same seed. */
import { Effect, Random } from "effect"

export interface Dice {
  /** A whole number from 0 to below `end`. */
  readonly below: (end: number) => number
  readonly pick: <A>(all: readonly [A, ...ReadonlyArray<A>]) => A
  readonly bytes: (count: number) => Buffer
}

export const dice = (seed: number): Dice => {
  const random = Effect.runSync(Random.withSeed(Random.Random, seed))
  const below = (end: number) => Math.floor(random.nextDoubleUnsafe() * end)
  return {
    below,
    pick: (all) => all[below(all.length)] ?? all[0],
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256)))
  }
}
