/** Clocks for programs that wait. */
import { Clock, Duration, Effect } from "effect"

/** A clock on which a pause is over at once, and tells. */
export const clockWith = (onPause: (millis: number) => void): Clock.Clock =>
  Object.assign(Object.create(Clock.Clock.defaultValue()), {
    sleep: (duration: Duration.Duration) => Effect.sync(() => onPause(Duration.toMillis(duration)))
  })
