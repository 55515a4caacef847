/**
 * What another program says in a shared store about tokens that it took away: if it speaks of what we hold, that is dead
 * for us too, and is not brought back out of memory or stash.
 */
import { believeStore, type Epitaph, isJudged } from "@daybook/pool/decisions/StoreVerdict"
import { Effect } from "effect"
import { bury, isOurNote } from "./Conclude.ts"
import { about, decide, grantState } from "./GrantState.ts"
import { newEventId } from "./internal/NewIds.ts"
import type { Target } from "./Target.ts"

/** Whether the store says of what we hold that it is dead, and the ledger does not know yet. */
export const isBuried = Effect.fnUntraced(function* (target: Target) {
  const epitaph = yield* epitaphOf(target)
  return epitaph !== undefined && isJudged((yield* grantState(target)).grant, epitaph)
})

/** Under the grant's lock. The pair is moved aside, as after a verdict of our own. */
export const heedStore = Effect.fnUntraced(function* (target: Target) {
  const epitaph = yield* epitaphOf(target)
  if (epitaph === undefined) return
  const { grant } = yield* grantState(target)
  const seen = newEventId()
  const verdict = believeStore(grant, target.credential.id, epitaph, seen)
  if (verdict.length === 0) return
  yield* decide(
    target,
    grant.version,
    about(target, "VaultRead", { store: epitaph.store, found: "none" }, undefined, seen),
    ...verdict.map((event) => ({ ...event, correlation: target.correlation }))
  )
  yield* bury(target)
})

/** A store that cannot be read says nothing, and a note of our own nothing that the ledger does not know. */
const epitaphOf = ({ authority }: Target): Effect.Effect<Epitaph | undefined> =>
  (authority.lastAuthError ?? Effect.succeed(undefined)).pipe(
    Effect.map((error) =>
      error === undefined || isOurNote(error) ? undefined : { store: authority.ref.kind, ...error }
    ),
    Effect.orElseSucceed(() => undefined)
  )
