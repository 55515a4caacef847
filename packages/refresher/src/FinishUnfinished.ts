/**
 * Finishes what a dead holder of the grant's lock began. Whoever holds the lock knows that the former holder is
 * gone, since it kept the lock for the whole attempt; no pid and no clock decides that. Every part is idempotent.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { compareFound, isAncestor } from "@daybook/pool/decisions/CompareFound"
import type { Failure, Grant, OpenAttempt } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect, Option } from "effect"
import { bury, conclude, quarantineCondemned, verdictOn } from "./Conclude.ts"
import { about, decide, grantState, record } from "./GrantState.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { replaceableBy } from "./Replaceable.ts"
import { reread } from "./Reread.ts"
import { holding, type Target } from "./Target.ts"
import { type Held, TokenMemory } from "./TokenMemory.ts"

/** False while another actor is still making up its mind about a failure: nothing may be sent meanwhile. */
export const finishUnfinished = Effect.fnUntraced(function* (target: Target) {
  const ledger = yield* Ledger
  const before = (yield* grantState(target)).grant
  if (before.movedBy !== undefined && before.movedBy !== ledger.actor) yield* ledger.sync
  if (before.open !== undefined) yield* finishAttempt(target, before, before.open)
  const { unclassified } = (yield* grantState(target)).grant
  if (unclassified !== undefined && !(yield* concludeLate(target, unclassified))) return false
  yield* quarantineCondemned(target, (yield* grantState(target)).grant)
  yield* bury(target)
  yield* storeStashed(target)
  return true
})

const finishAttempt = Effect.fnUntraced(function* (target: Target, grant: Grant, open: OpenAttempt) {
  const kept = yield* successorOf(target, grant, open)
  if (kept === undefined) {
    yield* decide(
      target,
      grant.version,
      about(
        target,
        "OutcomeLost",
        { attempt: open.attempt, generation: open.generation, quietAfter: open.at + open.timeLimit },
        open.event
      )
    )
    return
  }
  yield* target.authority.store(kept.tokens, yield* replaceableBy(target, grant, kept))
  ;(yield* TokenMemory).set(target.grant, kept)
  yield* record(
    about(
      target,
      "RefreshSucceeded",
      {
        attempt: open.attempt,
        generation: open.generation,
        next: kept.generation,
        rotated: kept.generation.refresh !== open.generation.refresh,
        recovered: true
      },
      open.event
    )
  )
})

/** The answer to an attempt, if its sender kept it: in the stash under the spent token's name, else in the authority. */
const successorOf = Effect.fnUntraced(function* (target: Target, grant: Grant, open: OpenAttempt) {
  const stash = yield* Stash
  const stashed = open.generation.refresh === undefined ? Option.none() : yield* stash.find(open.generation.refresh)
  if (Option.isSome(stashed)) {
    const held = yield* holding(target, stashed.value.tokens)
    if (!isAncestor(grant, held.generation)) return held
  }
  const tokens = yield* target.authority.read
  if (isBlank(tokens)) return undefined
  const found: Held = yield* holding(target, tokens)
  return compareFound(grant, found.generation) === "newer" ? found : undefined
})

/** A failure whose author has had time enough, or is this very actor, is concluded by whoever comes next. */
const concludeLate = Effect.fnUntraced(function* (target: Target, failure: Failure) {
  const ours = failure.actor === (yield* Ledger).actor
  const age = (yield* Clock.currentTimeMillis) - failure.at
  if (!ours && age < (yield* PoolPolicy).classifyAfter) return false
  const verdict = yield* verdictOn(target, failure)
  if (verdict.verdict === "Terminal") yield* reread(target, "after rejection")
  yield* conclude(target, failure)
  return true
})

/** A successor that its authority could not take when it came. */
const storeStashed = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  const consumed = grant.stashed?.consumed.refresh
  if (grant.stashed === undefined || consumed === undefined || !target.authority.writable) return
  const { unsaved } = yield* TokenMemory
  const entry = yield* Stash.use((stash) => stash.find(consumed))
  const held = Option.isSome(entry) ? yield* holding(target, entry.value.tokens) : unsaved.get(target.grant)?.held
  if (held === undefined) return
  const stored = yield* target.authority.store(held.tokens, yield* replaceableBy(target, grant, held))
  if (stored._tag === "Mismatch") return
  unsaved.delete(target.grant)
  yield* record(about(target, "SuccessorStored", { next: grant.stashed.next }))
})
