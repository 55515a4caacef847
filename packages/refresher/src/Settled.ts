/**
 * A grant taken in hand by a person's wish: under its lock, with everything finished that a dead holder began.
 */
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Clock, Effect, Option } from "effect"
import { finishUnfinished } from "./FinishUnfinished.ts"
import { grantState } from "./GrantState.ts"
import { asRefreshError, isMoved, type Trouble } from "./internal/AsRefreshError.ts"
import { OperatorError } from "./OperatorError.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { type Target, transient } from "./Target.ts"

/** How often to look whether another actor has made up its mind, in milliseconds. */
const lookEvery = 100

/**
 * Waits for the lock, and for others who are looking into a failure, as long as the policy lets a refresh wait, unless
 * given in milliseconds.
 */
export const settled = Effect.fnUntraced(function* <A, R>(
  target: Target,
  body: (target: Target) => Effect.Effect<A, Trouble | OperatorError, R>,
  wait?: number
) {
  const deadline = (yield* Clock.currentTimeMillis) + (wait ?? (yield* PoolPolicy).lockWait)
  while (true) {
    const answer = yield* locked(target, deadline, body)
    if (Option.isSome(answer)) return answer.value
    if ((yield* Clock.currentTimeMillis) >= deadline) {
      return yield* new OperatorError({ credential: target.credential.id, reason: { _tag: "Unsettled" } })
    }
    yield* Effect.sleep(lookEvery)
  }
})

/** None if others are not done with it, or moved it meanwhile. */
const locked = <A, R>(
  target: Target,
  deadline: number,
  body: (target: Target) => Effect.Effect<A, Trouble | OperatorError, R>
) =>
  Effect.gen(function* () {
    yield* target.authority.lock(Math.max(0, deadline - (yield* Clock.currentTimeMillis)))
    if ((yield* grantState(target)).grant.blocked) return yield* tooOld(target)
    if (!(yield* finishUnfinished(target))) return Option.none<A>()
    return Option.some(yield* body({ ...target, lockedAt: yield* Clock.currentTimeMillis }))
  }).pipe(
    Effect.scoped,
    Effect.catch((trouble) => unlessMoved(target, trouble))
  )

const unlessMoved = (
  target: Target,
  trouble: Trouble | OperatorError
): Effect.Effect<Option.Option<never>, RefreshError | OperatorError> => {
  if (trouble._tag === "OperatorError") return Effect.fail(trouble)
  return isMoved(trouble) ? Effect.succeed(Option.none()) : Effect.fail(asRefreshError(target, trouble))
}

const tooOld = ({ credential }: Target) =>
  transient(
    credential,
    "LedgerUnavailable",
    "the ledger holds an event about it from a newer version of Daybook; update this program"
  )
