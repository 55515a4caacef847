/**
 * Offers successors that their store has not taken to it again, under the grant's lock: those that are only in memory,
 * and those in the stash, since what stands in the store meanwhile is spent, and other programs may try to use it.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { isSame } from "@daybook/pool/Generation"
import { grantById, members } from "@daybook/pool/PoolState"
import { Effect } from "effect"
import { putInQuarantine } from "./Displaced.ts"
import { finishUnfinished } from "./FinishUnfinished.ts"
import { grantState } from "./GrantState.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { type Subject, type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export const saveUnsaved = Effect.gen(function* () {
  const { unsaved } = yield* TokenMemory
  const state = (yield* Ledger).known()
  const stashed = members(state).filter(({ grant }) => grantById(state, grant).stashed !== undefined)
  const inMemory = Array.from(unsaved.values(), ({ credential }) => credential)
  const waiting = new Map([...stashed, ...inMemory].map((credential) => [credential.grant, credential]))
  yield* Effect.forEach(waiting.values(), (credential) => Effect.ignore(offerAgain(credential)), { discard: true })
})

const offerAgain = Effect.fnUntraced(function* (credential: Subject) {
  const target = yield* targetOf(credential)
  yield* target.authority.lock((yield* PoolPolicy).lockWait)
  if (yield* finishUnfinished(target)) yield* putAway(target)
}, Effect.scoped)

/** One that is of the past by now has no store to wait for: it is kept beside what was displaced. */
const putAway = Effect.fnUntraced(function* (target: Target) {
  const { unsaved } = yield* TokenMemory
  const { current } = (yield* grantState(target)).grant
  const waiting = unsaved.get(target.grant)
  if (waiting === undefined || current === undefined) return
  if (isSame(waiting.held.generation, current) || waiting.consumed.refresh === current.refresh) return
  yield* putInQuarantine(target, waiting.held)
  unsaved.delete(target.grant)
})
