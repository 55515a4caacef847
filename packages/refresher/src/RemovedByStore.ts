/**
 * Logins that the program of their store removed from it: they leave the pool, instead of being served on from memory and
 * written back. The live pair in hand is kept aside, where an operator finds it.
 */
import type { Credential } from "@daybook/pool/PoolState"
import { Effect } from "effect"
import { keepDisplaced } from "./Displaced.ts"
import { grantState, record } from "./GrantState.ts"
import { type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** A store that cannot be opened proves nothing. */
export const isRemoved = (credential: Credential) =>
  Effect.orElseSucceed(Effect.flatMap(targetOf(credential), proves(credential)), () => false)

const proves =
  ({ source }: Credential) =>
  ({ authority }: Target): Effect.Effect<boolean> =>
    authority.hasRemoved?.(source) ?? Effect.succeed(false)

/** Looks once more, under the enrolment lock: the login may be back. Without a copy of its pair it stays. */
export const dropIfRemoved = Effect.fnUntraced(function* (credential: Credential) {
  if (!(yield* isRemoved(credential))) return
  const target = yield* targetOf(credential)
  yield* keepDisplaced(target, (yield* grantState(target)).grant)
  yield* record({
    type: "CredentialRemoved",
    v: 1,
    credential: credential.id,
    correlation: target.correlation,
    data: { by: "store" }
  })
  ;(yield* TokenMemory).forget(target.grant)
})
