/**
 * Work in the background that is done again and again: what goes wrong once, a mistake of ours too, is said and does not
 * end it.
 */
import { Cause, Effect, Predicate } from "effect"

export const goingOn = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
  Effect.catchCause(Effect.asVoid(work), (cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logWarning(messageOf(Cause.squash(cause)))
  )

const messageOf = (error: unknown): string => (Predicate.isError(error) ? error.message : String(error))
