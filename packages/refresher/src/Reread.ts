/**
 * Looks at the authority again, under its lock, and says which tokens count now. Newer ones than the ledger
 * knows are adopted; older ones, and another account's, never.
 */
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { isBeyondUse } from "@daybook/pool/decisions/GoBack"
import { refOf } from "@daybook/pool/Generation"
import type { Grant } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Clock, Effect, Result } from "effect"
import { adopt, noteRace, type Phase } from "./Adoption.ts"
import { backToDisplaced, findDisplaced, isAside, keepDisplaced, keepLeft } from "./Displaced.ts"
import { forgetFinding, note, readingOf } from "./Findings.ts"
import { decide, grantState } from "./GrantState.ts"
import { type Held, recalling } from "./Held.ts"
import { hasRefreshTokenOf, isOnNoDisk, keptElsewhere, withoutAccess } from "./KeptTokens.ts"
import { whyNotInUse } from "./InUse.ts"
import { anotherLogin } from "./NoToken.ts"
import { putBack } from "./StoreSuccessor.ts"
import { heedStore } from "./StoreVerdict.ts"
import { holding, type Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/**
 * The tokens of the grant's current generation; none if no place that we know has them. `had` is what the caller
 * came with: if somebody else has brought another generation since, that is a race, and recorded as one.
 */
export const reread = Effect.fnUntraced(function* (target: Target, phase: Phase, had?: Held) {
  const memory = yield* TokenMemory
  const { grant } = yield* grantState(target)
  const before = memory.get(target.grant)
  yield* Effect.ignore(keepLeft(target, grant, before))
  const tokens = yield* Effect.tapError(target.authority.read, () =>
    Effect.ignore(note(target, { found: "unreadable" }))
  )
  if (isBlank(tokens)) {
    const kept = (yield* keepBlanked(target, grant)) ?? (yield* displacedInstead(target, grant, phase))
    if (grant.current !== undefined && grant.health._tag !== "Dead")
      yield* Effect.ignore(note(target, { found: "none" }))
    yield* heedStore(target)
    return kept
  }
  const found = recalling(yield* holding(target, tokens), before, grant.current)
  const standing = compareFound(grant, found.generation)
  switch (standing) {
    case "same":
      yield* forgetFinding(target)
      yield* noteRace(target, grant, had, phase)
      memory.set(target.grant, found)
      return found
    case "newer":
      yield* adopt(target, grant, found, phase)
      memory.set(target.grant, found)
      return found
    case "stale":
      yield* note(target, readingOf(found, standing))
      return yield* overStale(target, grant, found)
    case "another login":
      yield* note(target, readingOf(found, standing))
      memory.forget(target.grant)
      return yield* anotherLogin(target)
  }
})

/** The current pair is beyond use and on no disk that we know: what it displaced may live still. */
const displacedInstead = Effect.fnUntraced(function* (target: Target, grant: Grant, phase: Phase) {
  const { current } = grant
  if (current === undefined || !isBeyondUse(grant, yield* Clock.currentTimeMillis)) return undefined
  const { state } = yield* grantState(target)
  if (whyNotInUse(state, target.credential.id) !== undefined || (yield* isAside(current))) return undefined
  const displaced = yield* findDisplaced(target, grant, { generation: refOf(current) })
  if (displaced === undefined) return undefined
  yield* decide(target, grant.version, backToDisplaced(target, { generation: refOf(current) }, displaced, phase))
  ;(yield* TokenMemory).set(target.grant, displaced)
  return displaced
})

/**
 * Ours goes over an older pair; where we have none, the older one may still have the refresh token that counts. What cannot
 * be kept aside is not written over.
 */
const overStale = Effect.fnUntraced(function* (target: Target, grant: Grant, found: Held) {
  const kept = yield* keptElsewhere(target, grant)
  if (kept === undefined && hasRefreshTokenOf(grant, found.generation)) {
    return yield* holding(target, withoutAccess(found.tokens))
  }
  const aside = yield* Effect.result(keepLeft(target, grant, found))
  return Result.isFailure(aside) ? kept : yield* putBack(target, grant, kept)
})

/**
 * What its store has lost may be in this process alone: it is kept as if another pair had displaced it. One that is out of
 * use may be on its way out of its store, by a logout.
 */
const keepBlanked = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const kept = yield* keptElsewhere(target, grant)
  const { state } = yield* grantState(target)
  const isUsed = whyNotInUse(state, target.credential.id) === undefined
  if (kept !== undefined && isUsed && (yield* isOnNoDisk(target, kept))) yield* keepDisplaced(target, grant)
  return kept
})
