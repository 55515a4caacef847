/**
 * The real clock, ahead by as much as a test says: hours pass at once, and sleeps stay real.
 */
import { Clock, Duration, Effect } from "effect"

export interface ShiftedClock {
  readonly clock: Clock.Clock
  /** Negative to go back. */
  readonly advance: (by: Duration.Input) => Effect.Effect<void>
}

export const make: Effect.Effect<ShiftedClock> = Effect.clockWith((real) =>
  Effect.sync(() => {
    let ahead = 0
    const millis = () => real.currentTimeMillisUnsafe() + ahead
    const nanos = () => real.currentTimeNanosUnsafe() + BigInt(ahead) * 1_000_000n
    return {
      clock: {
        currentTimeMillisUnsafe: millis,
        currentTimeMillis: Effect.sync(millis),
        currentTimeNanosUnsafe: nanos,
        currentTimeNanos: Effect.sync(nanos),
        monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: real.monotonicTimeNanos,
        sleep: (duration) => real.sleep(duration)
      },
      advance: (by) => Effect.sync(() => void (ahead += Duration.toMillis(by)))
    }
  })
)
