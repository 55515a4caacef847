/**
 * Offers successors that are only in memory to their store again, under the grant's lock.
 */
import { Effect } from "effect"
import { finishUnfinished } from "./FinishUnfinished.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export const saveUnsaved = Effect.gen(function* () {
  const { unsaved } = yield* TokenMemory
  const { lockWait } = yield* PoolPolicy
  yield* Effect.forEach(
    Array.from(unsaved.values()),
    ({ credential }) =>
      Effect.gen(function* () {
        const target = yield* targetOf(credential)
        yield* target.authority.lock(lockWait)
        yield* finishUnfinished(target)
      }).pipe(Effect.scoped, Effect.ignore),
    { discard: true }
  )
})
