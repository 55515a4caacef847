/** Runs the effects of an open pool as promises, until it is closed. */
import { PoolClosed } from "@daybook/refresher/PoolError"
import type { Effect, ManagedRuntime } from "effect"

export interface Running<R> {
  /** Rejects with the error as it failed; with the signal's reason if that ends it. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, R>, signal?: AbortSignal | null) => Promise<A>
  readonly close: () => Promise<void>
  readonly isOpen: () => boolean
  /** Throws `PoolClosed` once it is not. */
  readonly check: () => void
}

export const running = <R, E>(runtime: ManagedRuntime.ManagedRuntime<R, E>): Running<R> => {
  let closed = false
  const check = () => {
    if (closed) throw new PoolClosed()
  }
  return {
    run: async (effect, signal) => {
      check()
      signal?.throwIfAborted()
      try {
        return await runtime.runPromise(effect, signal ? { signal } : undefined)
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
    close: () => {
      closed = true
      return runtime.dispose()
    },
    isOpen: () => !closed,
    check
  }
}
