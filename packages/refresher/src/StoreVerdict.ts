/**
 * What another program says in a shared store about tokens that it took away: if it speaks of what we hold, that is dead
 * for us too, and is not brought back out of memory or stash. Where it may speak of other tokens, the provider is asked.
 */
import { believeStore, type Judgement, reasonOf } from "@daybook/pool/decisions/StoreVerdict"
import { refOf } from "@daybook/pool/Generation"
import type { EventId } from "@daybook/pool/Ids"
import type { Grant } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import { Effect } from "effect"
import { bury, isOurNote } from "./Conclude.ts"
import { findDisplaced } from "./Displaced.ts"
import { blankSince } from "./Findings.ts"
import { about, decide, grantState } from "./GrantState.ts"
import { newEventId } from "./internal/NewIds.ts"
import type { Target } from "./Target.ts"

/** Whether the store says of what we hold that it is dead, and the ledger does not know yet. */
export const isBuried = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  return (yield* verdictOfStore(target, grant, newEventId())).length > 0
})

/** Under the grant's lock. The pair is moved aside, as after a verdict of our own. */
export const heedStore = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  const seen = newEventId()
  const verdict = yield* verdictOfStore(target, grant, seen)
  if (verdict.length === 0) return
  yield* decide(
    target,
    grant.version,
    about(target, "VaultRead", { store: target.authority.ref.kind, found: "none" }, undefined, seen),
    ...verdict.map((event) => ({ ...event, correlation: target.correlation }))
  )
  yield* bury(target)
})

/** Nothing if nothing is said, or not surely of what we hold. */
const verdictOfStore = Effect.fnUntraced(function* (target: Target, grant: Grant, seen: EventId) {
  const judgement = yield* judgementIn(target)
  const none: ReadonlyArray<Draft> = []
  if (judgement === undefined || (yield* isOfAnother(target, grant, judgement))) return none
  return believeStore(grant, target.credential.id, judgement, seen)
})

/**
 * A program that fails with a pair out of its memory says so in a store that was blank already. And where two pairs were
 * in the store by turns, the one that was displaced may be meant, or be the good one: a refusal would go back to it.
 */
const isOfAnother = Effect.fnUntraced(function* (target: Target, grant: Grant, { at, code }: Judgement) {
  const blank = yield* blankSince(target)
  if (blank !== undefined && at !== undefined && blank < at) return true
  if (grant.current === undefined) return false
  return (yield* findDisplaced(target, grant, { generation: refOf(grant.current) }, reasonOf(code))) !== undefined
})

/** A store that cannot be read says nothing, and a note of our own nothing that the ledger does not know. */
const judgementIn = ({ authority }: Target): Effect.Effect<Judgement | undefined> =>
  (authority.lastAuthError ?? Effect.succeed(undefined)).pipe(
    Effect.map((error) =>
      error === undefined || isOurNote(error) ? undefined : { store: authority.ref.kind, ...error }
    ),
    Effect.orElseSucceed(() => undefined)
  )
