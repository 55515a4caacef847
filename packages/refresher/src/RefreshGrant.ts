/**
 * The refresh protocol of one grant. It runs in sections under the grant's lock; between them, while a verdict
 * waits to be believed or another actor makes up its mind, the lock is free, so that whoever won a race can say so.
 */
import type { Failure } from "@daybook/pool/PoolState"
import { Clock, Effect } from "effect"
import { asRefreshError, isMoved, type Trouble } from "./internal/AsRefreshError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { confirmation, type Landing, section, type Step, type Want } from "./Section.ts"
import { type Target, transient } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** How often to look whether another actor has made up its mind, in milliseconds. */
const lookEvery = 100

export const refreshGrant = Effect.fnUntraced(function* (target: Target, want: Want) {
  const { confirmAfter, lockWait } = yield* PoolPolicy
  const deadline = (yield* Clock.currentTimeMillis) + lockWait
  let had = (yield* TokenMemory).get(target.grant)
  let failure: { readonly failure: Failure; readonly since: number; readonly looks: number } | undefined
  while (true) {
    const last = failure !== undefined && failure.looks + 1 >= confirmAfter.length
    const step: Step = yield* locked(target, deadline, (held) =>
      failure === undefined ? section(held, want, had) : confirmation(held, failure.failure, last)
    )
    had = undefined
    switch (step._tag) {
      case "Done":
        return { held: step.held, ...(step.winner === undefined ? {} : { winner: step.winner }) } satisfies Landing
      case "Again":
        failure = undefined
        yield* notTooLong(target, deadline)
        break
      case "Later":
        yield* notTooLong(target, deadline)
        yield* Effect.sleep(lookEvery)
        break
      case "Confirm":
        failure = {
          failure: step.failure,
          since: failure?.since ?? (yield* Clock.currentTimeMillis),
          looks: failure === undefined ? 0 : failure.looks + 1
        }
        yield* Effect.sleep(
          Math.max(0, failure.since + (confirmAfter[failure.looks] ?? 0) - (yield* Clock.currentTimeMillis))
        )
    }
  }
})

/** Runs a section under the grant's lock. A conflict means that the state moved, not that anything failed. */
const locked = Effect.fnUntraced(
  function* <R>(target: Target, deadline: number, body: (target: Target) => Effect.Effect<Step, Trouble, R>) {
    const wait = Math.max(0, deadline - (yield* Clock.currentTimeMillis))
    const lockedAt = yield* target.authority.lock(wait)
    return yield* body({ ...target, lockedAt })
  },
  Effect.scoped,
  (effect, target) =>
    Effect.catch(effect, (trouble) =>
      isMoved(trouble) ? Effect.succeed<Step>({ _tag: "Again" }) : Effect.fail(asRefreshError(target, trouble))
    )
)

const notTooLong = Effect.fnUntraced(function* (target: Target, deadline: number) {
  if ((yield* Clock.currentTimeMillis) < deadline) return
  return yield* transient(
    target.credential,
    "Busy",
    "other processes keep moving it on, or are still looking into a failure"
  )
})
