/** Runs the effects of an open pool as promises, until it is closed. */
import { PoolClosed } from "@daybook/refresher/PoolError"
import { Cause, Effect, Exit, type ManagedRuntime } from "effect"

export interface Running<R> {
  /** Rejects with the error as it failed; with the signal's reason if that ends it, with `PoolClosed` if a close does. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, R>, signal?: AbortSignal | null) => Promise<A>
  readonly close: () => Promise<void>
  /** Succeeds when it begins to close. */
  readonly closing: Effect.Effect<void>
  readonly isOpen: () => boolean
  /** Throws `PoolClosed` once it is not. */
  readonly check: () => void
}

export const running = <R, E>(runtime: ManagedRuntime.ManagedRuntime<R, E>): Running<R> => {
  let closed = false
  const beginning = Promise.withResolvers<void>()
  const check = () => {
    if (closed) throw new PoolClosed()
  }
  return {
    run: async (effect, signal) => {
      check()
      signal?.throwIfAborted()
      const exit = await runtime.runPromiseExit(effect, signal ? { signal } : undefined)
      if (Exit.isSuccess(exit)) return exit.value
      signal?.throwIfAborted()
      if (Cause.hasInterruptsOnly(exit.cause)) check()
      throw Cause.squash(exit.cause)
    },
    close: () => {
      closed = true
      beginning.resolve()
      return runtime.dispose()
    },
    isOpen: () => !closed,
    closing: Effect.promise(() => beginning.promise),
    check
  }
}
