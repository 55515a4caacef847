/**
 * Acquires several resources as one: if a later step fails or is interrupted, the earlier ones are released at once
 * instead of when the caller's scope closes.
 */
import { Effect, Exit, Scope } from "effect"

export const allOrNothing = <A, E, R>(
  acquire: Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<R, Scope.Scope> | Scope.Scope> =>
  Effect.uninterruptibleMask(
    Effect.fnUntraced(function* (restore) {
      const scope = yield* Scope.fork(yield* Effect.scope)
      return yield* restore(Scope.provide(acquire, scope)).pipe(
        Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
      )
    })
  )
