/**
 * Plays one world from its seed to its end, and says what came of it.
 */
import { drive } from "./Driver.ts"
import { goQuiet } from "./Quiet.ts"
import { variantOf } from "./Variant.ts"
import { make, type World } from "./World.ts"

export interface Result {
  readonly seed: number
  /** What happened, step by step. */
  readonly history: ReadonlyArray<string>
  readonly breaches: ReadonlyArray<string>
  /** Requests that the actors sent, and how many of them brought a new pair. */
  readonly requests: number
  readonly rotations: number
  readonly lost: number
  readonly world: World
}

export const play = (seed: number): Result => withoutStacks(() => playOut(make(variantOf(seed)), seed))

/** A world makes thousands of errors; the stack of each costs more than what led to it. */
const withoutStacks = <A>(run: () => A): A => {
  const usual = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return run()
  } finally {
    Error.stackTraceLimit = usual
  }
}

const playOut = (world: World, seed: number): Result => {
  drive(world)
  const { lost } = world.checks.breaches.length === 0 ? goQuiet(world) : { lost: 0 }
  const ours = world.server.journal.filter((exchange) => exchange.ours)
  return {
    seed,
    history: world.stage.history,
    breaches: world.checks.breaches,
    requests: ours.length,
    rotations: ours.filter(({ issued }) => issued !== undefined).length,
    lost,
    world
  }
}
