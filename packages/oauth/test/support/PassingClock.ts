/**
 * The real clock, except that waiting for up to a minute takes no time: the clock moves by as much instead. Longer
 * waits are time limits of requests, which are not reached here.
 */
import { Clock, Duration, Effect } from "effect"

export interface PassingClock {
  readonly clock: Clock.Clock
  /** In seconds, in order. */
  readonly waits: ReadonlyArray<number>
}

const passes = Duration.toMillis("1 minute")

/** `during` happens while its caller waits; it is told how many times there was a wait before. */
export const make = (
  during: (before: number) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<PassingClock> =>
  Effect.clockWith((real) =>
    Effect.sync(() => {
      let ahead = 0
      const waits: Array<number> = []
      const millis = () => real.currentTimeMillisUnsafe() + ahead
      const pass = (duration: Duration.Duration) => {
        ahead += Duration.toMillis(duration)
        return during(waits.push(Duration.toSeconds(duration)) - 1)
      }
      return {
        waits,
        clock: {
          currentTimeMillisUnsafe: millis,
          currentTimeMillis: Effect.sync(millis),
          currentTimeNanosUnsafe: () => BigInt(millis()) * 1_000_000n,
          currentTimeNanos: Effect.sync(() => BigInt(millis()) * 1_000_000n),
          monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
          monotonicTimeNanos: real.monotonicTimeNanos,
          sleep: (duration) =>
            Duration.toMillis(duration) > passes ? Effect.never : Effect.suspend(() => pass(duration))
        }
      }
    })
  )
