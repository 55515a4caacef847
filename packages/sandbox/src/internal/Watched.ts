/**
 * A value in memory that changes synchronously and can be waited upon.
 *
 * The server commits inside socket callbacks and must see its own write at once; `SubscriptionRef` updates through a
 * fiber and a lock, so it cannot give that.
 */
import { Effect, Option } from "effect"

export interface Watched<A> {
  readonly get: () => A
  readonly update: (change: (value: A) => A) => void
  /** Runs a transition that also answers something, in one synchronous step. */
  readonly modify: <B>(transition: (value: A) => readonly [B, A]) => B
  /** Waits until `pick` answers something. */
  readonly until: <B>(pick: (value: A) => Option.Option<B>) => Effect.Effect<B>
}

export const make = <A>(initial: A): Watched<A> => {
  let value = initial
  const waiting = new Set<() => void>()

  const set = (next: A) => {
    value = next
    for (const check of waiting) check()
  }

  const modify = <B>(transition: (value: A) => readonly [B, A]): B => {
    const [answer, next] = transition(value)
    set(next)
    return answer
  }

  const until = <B>(pick: (value: A) => Option.Option<B>): Effect.Effect<B> =>
    Effect.callback<B>((resume) => {
      const check = () => {
        const picked = pick(value)
        if (Option.isNone(picked)) return
        waiting.delete(check)
        resume(Effect.succeed(picked.value))
      }
      waiting.add(check)
      check()
      return Effect.sync(() => waiting.delete(check))
    })

  return { get: () => value, update: (change) => set(change(value)), modify, until }
}
