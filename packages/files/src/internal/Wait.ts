/**
 * Waiting for what the kernel decides. Other processes do not follow a test's clock, so all waiting here is in real
 * time, also under `TestClock`.
 */
import { Clock, Duration, Effect } from "effect"
import { LockError, LockTimeout } from "../LockError.ts"

export interface Deadline {
  /** Milliseconds since the deadline was set. */
  readonly waited: () => number
  /** Milliseconds left, never below zero. */
  readonly remaining: () => number
}

export const deadlineAfter = (timeout: Duration.Input): Deadline => {
  const started = performance.now()
  const limit = Duration.toMillis(timeout)
  const waited = () => performance.now() - started
  return { waited, remaining: () => Math.max(0, limit - waited()) }
}

const inRealTime: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> = Effect.provideService(
  Clock.Clock,
  Clock.Clock.defaultValue()
)

export const timedOut = (path: string, deadline: Deadline, holder?: string): LockError =>
  new LockError({ path, reason: new LockTimeout({ waited: deadline.waited(), holder }) })

export const within = <A, R>(
  effect: Effect.Effect<A, never, R>,
  deadline: Deadline,
  orElse: () => LockError
): Effect.Effect<A, LockError, R> =>
  inRealTime(Effect.timeoutOrElse(effect, { duration: deadline.remaining(), orElse: () => Effect.fail(orElse()) }))

/**
 * Repeats `attempt` until it answers true. Only the pauses run inside `restore`, so within an uninterruptible region
 * nothing comes between a successful attempt and what follows.
 */
export const until = Effect.fnUntraced(function* (options: {
  readonly path: string
  readonly deadline: Deadline
  readonly attempt: Effect.Effect<boolean, LockError>
  readonly restore: (pause: Effect.Effect<void>) => Effect.Effect<void>
}): Effect.fn.Return<void, LockError> {
  for (let attempts = 0; !(yield* options.attempt); attempts++) {
    const remaining = yield* timeLeft(options.path, options.deadline)
    yield* options.restore(pause(attempts, remaining))
  }
})

const timeLeft = (path: string, deadline: Deadline): Effect.Effect<number, LockError> =>
  Effect.suspend(() =>
    deadline.remaining() > 0 ? Effect.succeed(deadline.remaining()) : Effect.fail(timedOut(path, deadline))
  )

/**
 * Four turns of the event loop, then sleeps at random below a bound that grows by a quarter of a millisecond up to 4 ms:
 * whoever has waited long must not lose to those who have just come.
 */
const pause = (attempts: number, remaining: number): Effect.Effect<void> =>
  attempts < 4
    ? Effect.yieldNow
    : inRealTime(Effect.sleep(Math.min(remaining, Math.random() * Math.min(4, attempts / 4))))
