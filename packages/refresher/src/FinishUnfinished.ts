/**
 * Finishes what a dead holder of the grant's lock began. Whoever holds the lock knows that the former holder is
 * gone, since it kept the lock for the whole attempt; no pid and no clock decides that. Every part is idempotent.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { compareFound, isAncestor } from "@daybook/pool/decisions/CompareFound"
import { type Failure, type Grant, type OpenAttempt, suspicionOf } from "@daybook/pool/PoolState"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import { isBlank } from "@daybook/pool/TokenSet"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect, Option } from "effect"
import { bury, conclude, quarantineCondemned, verdictOn } from "./Conclude.ts"
import { about, decide, grantState, record } from "./GrantState.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { storeSuccessor } from "./StoreSuccessor.ts"
import { adoptStashed, adoptSuccessor } from "./Adoption.ts"
import { reread } from "./Reread.ts"
import { holding, type Target } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/**
 * False while another actor is still making up its mind about a failure, and for a grant that a newer program wrote
 * about: nothing may be sent or decided then.
 */
export const finishUnfinished = Effect.fnUntraced(function* (target: Target) {
  const ledger = yield* Ledger
  const before = (yield* grantState(target)).grant
  if (before.blocked) return false
  if (before.movedBy !== undefined && before.movedBy !== ledger.actor) yield* ledger.sync
  if (before.open !== undefined) yield* finishAttempt(target, before, before.open)
  const { unclassified } = (yield* grantState(target)).grant
  if (unclassified !== undefined && !(yield* concludeLate(target, unclassified))) return false
  yield* quarantineCondemned(target, (yield* grantState(target)).grant)
  yield* bury(target)
  yield* storeStashed(target)
  yield* adoptLate(target)
  return true
})

const finishAttempt = Effect.fnUntraced(function* (target: Target, grant: Grant, open: OpenAttempt) {
  const kept = yield* successorOf(target, grant, open)
  if (kept === undefined) {
    const { attempt, generation } = open
    const quietAfter = open.at + open.timeLimit
    const suspect = target.provider.replay._tag === "anytime" ? { suspect: false } : {}
    const lost = { attempt, generation, quietAfter, ...suspect }
    yield* decide(target, grant.version, about(target, "OutcomeLost", lost, open.event))
    return
  }
  const { held, notes } = yield* storeSuccessor(target, grant, { consumed: open.generation, ...kept })
  ;(yield* TokenMemory).set(target.grant, held)
  const next = kept.held.generation
  yield* record(
    about(
      target,
      "RefreshSucceeded",
      {
        attempt: open.attempt,
        generation: open.generation,
        next,
        rotated: next.refresh !== open.generation.refresh,
        recovered: true
      },
      open.event
    ),
    ...notes
  )
})

/** The answer to an attempt, if its sender kept it: in the stash or in this process's memory, else in the authority. */
const successorOf = Effect.fnUntraced(function* (target: Target, grant: Grant, { generation }: OpenAttempt) {
  const kept = generation.refresh === undefined ? undefined : yield* keptSuccessor(target, generation.refresh)
  if (kept !== undefined && !isAncestor(grant, kept.held.generation)) return kept
  const tokens = yield* target.authority.read
  if (isBlank(tokens)) return undefined
  const found = yield* holding(target, tokens)
  return compareFound(grant, found.generation) === "newer" ? { held: found, stashed: false } : undefined
})

/** A failure whose author has had time enough is concluded by whoever comes next. */
const concludeLate = Effect.fnUntraced(function* (target: Target, failure: Failure) {
  const age = Math.abs((yield* Clock.currentTimeMillis) - failure.at)
  if (age < (yield* PoolPolicy).classifyAfter) return false
  const verdict = yield* verdictOn(target, failure)
  if (verdict.verdict === "Terminal") yield* reread(target, "after rejection")
  yield* adoptStashed(target, failure, "after rejection")
  yield* conclude(target, failure)
  return true
})

/** A successor that its authority could not take when it came. */
const storeStashed = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  const { consumed, next } = grant.stashed ?? {}
  if (consumed?.refresh === undefined || next === undefined || !target.authority.writable) return
  const kept = yield* keptSuccessor(target, consumed.refresh)
  if (kept === undefined) return
  const { notes } = yield* storeSuccessor(target, grant, { consumed, ...kept })
  if (notes.length === 0) yield* record(about(target, "SuccessorStored", { next }))
})

/** An answer that came when it had been called lost, to a sender that did not live to record it. */
const adoptLate = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  const { current } = grant
  if (suspicionOf(grant.health) === undefined || current?.refresh === undefined) return
  const kept = yield* keptSuccessor(target, current.refresh)
  if (kept !== undefined) yield* adoptSuccessor(target, grant, { consumed: current, ...kept }, "before request")
})

/** What came for the token that was spent: in the stash under that token's name, or in this process's memory. */
const keptSuccessor = Effect.fnUntraced(function* (target: Target, consumed: Fingerprint) {
  const inHand = (yield* TokenMemory).unsaved.get(target.grant)
  if (inHand?.consumed.refresh === consumed) return { held: inHand.held, stashed: false }
  const stash = yield* Stash
  const entry = yield* stash.find(consumed)
  if (Option.isNone(entry)) return undefined
  yield* stash.sync
  return { held: yield* holding(target, entry.value.tokens), stashed: true }
})
