/**
 * What is looked at before a refresh token leaves: whether there is time enough under the lock, and whether anything
 * has moved since the decision to send it.
 */
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import { isSame } from "@daybook/pool/Generation"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect, Option, Result } from "effect"
import { grantState } from "./GrantState.ts"
import { whyNotInUse } from "./InUse.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import type { Sending } from "./Sending.ts"
import { holding, type Target } from "./Target.ts"

/** With less time than this, in milliseconds, left under the lock it is better to take it anew. */
const leastTime = 500

/**
 * A store that other programs wait for too says how long its lock may be held. A fifth of that is for storing the
 * answer; what the way here took is gone already.
 */
export const timeLimitOf = Effect.fnUntraced(function* (target: Target) {
  const { timeLimit } = yield* PoolPolicy
  const { holdLimit } = target.authority
  if (holdLimit === undefined) return timeLimit
  const elapsed = (yield* Clock.currentTimeMillis) - (target.lockedAt ?? 0)
  return Math.max(0, Math.min(timeLimit, Math.round(holdLimit * 0.8) - elapsed))
})

/** Writing the intent may have taken its time too, when many write. */
export const isTooLate = Effect.fnUntraced(function* (target: Target) {
  return (yield* timeLimitOf(target)) < Math.min(leastTime, (yield* PoolPolicy).timeLimit)
})

/** Somebody who took our lock over may have called our answer lost, and sends the token again when he may. */
export const isStillOpen = ({ attempt, target }: Sending) =>
  Effect.map(grantState(target), ({ grant }) => grant.open?.attempt === attempt)

/** Why nothing may be sent after all. An old pair in a store that took no newer one is no reason. */
export const lookOnceMore = Effect.fnUntraced(function* ({ consumed, grant, leaveBy, target, wanted }: Sending) {
  if (yield* isTooLate(target)) return "lock-held-too-long"
  const { state } = yield* grantState(target)
  if (whyNotInUse(state, target.credential.id, wanted) !== undefined) return "out-of-use"
  const tokens = yield* Effect.result(target.authority.read)
  const stashed = yield* Effect.result(Stash.use((stash) => stash.find(consumed)))
  if (Result.isFailure(tokens)) return "store-unreadable"
  if (Result.isFailure(stashed)) return "stash-unreadable"
  const found = yield* holding(target, tokens.success)
  const standing = compareFound(grant, found.generation)
  if (standing === "newer" || standing === "another login") return "store-changed"
  if (Option.isSome(stashed.success) && (yield* isNews(target, stashed.success.value.tokens))) return "successor-found"
  return (yield* Clock.currentTimeMillis) > leaveBy ? "intent-too-old" : undefined
})

/** A provider that does not rotate leaves the last answer under the same name. */
const isNews = Effect.fnUntraced(function* (target: Target, tokens: TokenSet) {
  const { grant } = yield* grantState(target)
  const { generation } = yield* holding(target, tokens)
  return !grant.lineage.some((lived) => isSame(lived.generation, generation))
})
