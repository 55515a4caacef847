/**
 * A credential leaves the pool. Stores of other programs stay as they are. A login that only Daybook keeps is moved to
 * quarantine first, then its removal is recorded, then its file goes: whoever dies in between has lost nothing, and
 * the next one goes on from there.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { isAncestor } from "@daybook/pool/decisions/CompareFound"
import { remove } from "@daybook/pool/decisions/Membership"
import { isSame } from "@daybook/pool/Generation"
import type { CorrelationId, CredentialId } from "@daybook/pool/Ids"
import { type Credential, type Grant, members, type PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { isBlank } from "@daybook/pool/TokenSet"
import { Quarantine } from "@daybook/vault/Quarantine"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect, HashMap, Option, Result } from "effect"
import { existsSync } from "node:fs"
import { enrolmentLock, isFrom } from "./Enrolment.ts"
import { grantState, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { asRefreshError } from "./internal/AsRefreshError.ts"
import { OperatorError, type OperatorErrorReason } from "./OperatorError.ts"
import { keptElsewhere } from "./KeptTokens.ts"
import { settled } from "./Settled.ts"
import { holding, type Subject, type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** The reason that stands beside a removed pair in quarantine. */
export const removedReason = "Removed"

/** Answers what was recorded: nothing if it was removed before. An attempt under way is finished first. */
export const removeCredential = Effect.fnUntraced(function* (home: string, credential: Credential) {
  return credential.store.kind === "own" ? yield* removeOwn(home, credential.id) : yield* removeShared(credential)
})

const removeShared = Effect.fnUntraced(function* (credential: Credential) {
  if (credential.removed) return []
  const answer = yield* Effect.result(removeSafely(credential))
  if (Result.isSuccess(answer)) return answer.success
  return isOutOfReach(answer.failure) ? yield* recordRemoval(credential) : yield* answer.failure
})

/** A file of ours goes with its login, so nobody may bring it back into that place meanwhile. */
const removeOwn = Effect.fnUntraced(function* (home: string, id: CredentialId) {
  yield* enrolmentLock(home)
  const state = yield* Ledger.use((ledger) => ledger.state)
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, id))
  return credential === undefined || isReplaced(state, credential) ? [] : yield* removeSafely(credential)
}, Effect.scoped)

/** It has been brought back: another credential lives in the same place. */
const isReplaced = (state: PoolState, credential: Credential): boolean =>
  credential.removed && members(state).some((member) => isFrom(member, credential))

const removeSafely = Effect.fnUntraced(function* (credential: Credential) {
  const target = yield* targetOf(credential)
  return yield* target.authority.writable
    ? settled(target, (locked) => leave(locked, credential))
    : Effect.mapError(leave(target, credential), (trouble) =>
        trouble._tag === "OperatorError" ? trouble : asRefreshError(target, trouble)
      )
})

/** A store that is not there any more, or cannot be opened here, keeps nobody in the pool. */
const isOutOfReach = (error: RefreshError | OperatorError): boolean =>
  error._tag === "RefreshError" &&
  error.reason._tag === "Transient" &&
  (error.reason.reason === "StoreUnavailable" || error.reason.reason === "Misconfigured")

const leave = Effect.fnUntraced(function* (target: Target, credential: Credential) {
  const { authority, correlation } = target
  if (authority.remove !== undefined) yield* keepRemoved(target, (yield* grantState(target)).grant)
  else if (authority.writable) yield* hasTaken(target)
  const events = yield* recordRemoval(credential, correlation)
  if (authority.remove !== undefined) {
    yield* authority.remove
    yield* emptyStash(target)
  }
  return events
})

const recordRemoval = Effect.fnUntraced(function* (credential: Credential, correlation?: CorrelationId) {
  yield* keepUnsaved(credential)
  const drafts = remove(credential).map((event) => ({ ...event, correlation }))
  const events: ReadonlyArray<Recorded> = drafts.length === 0 ? [] : yield* record(...drafts)
  const memory = yield* TokenMemory
  memory.forget(credential.grant)
  memory.unsaved.delete(credential.grant)
  return events
})

/**
 * The store was offered the successor once more. Nobody would do it again after the removal, and its program would go on
 * with the token that was spent: while that stands there, the login stays.
 */
const hasTaken = Effect.fnUntraced(function* (target: Target) {
  const { grant } = yield* grantState(target)
  if (grant.stashed === undefined) return
  const tokens = yield* target.authority.read
  if (isBlank(tokens) || !isAncestor(grant, (yield* holding(target, tokens)).generation)) return
  const { path = target.authority.ref.slot } = target.authority.ref
  return yield* refuse(target.credential, { _tag: "NotTaken", store: path })
})

/** A successor that no disk has. */
const keepUnsaved = Effect.fnUntraced(function* (credential: Credential) {
  const unsaved = (yield* TokenMemory).unsaved.get(credential.grant)
  if (unsaved === undefined) return
  yield* Effect.catch(putAside(credential, unsaved.held), ({ message }) =>
    refuse(credential, { _tag: "NotKeptAside", why: message })
  )
})

const refuse = ({ id }: Subject, reason: OperatorErrorReason) =>
  Effect.fail(new OperatorError({ credential: id, reason }))

/** What its store holds, and what the store has not taken yet. */
const keepRemoved = Effect.fnUntraced(function* (target: Target, grant: Grant) {
  const tokens = yield* target.authority.read
  const kept = yield* keptElsewhere(target, grant)
  const inStore = isBlank(tokens) ? undefined : yield* holding(target, tokens)
  for (const held of [inStore, kept]) {
    if (held !== undefined && !isInQuarantine(grant, held)) yield* putAside(target.credential, held)
  }
})

/** Under the verdict that it died of. */
const isInQuarantine = ({ health }: Grant, { generation }: Held): boolean =>
  health._tag === "Dead" && health.bound === "refresh" && isSame(health.generation, generation)

const putAside = Effect.fnUntraced(function* ({ grant, provider }: Subject, { generation, tokens }: Held) {
  const name = generation.refresh ?? generation.access
  if (name === undefined) return
  const quarantine = yield* Quarantine
  yield* quarantine.put(name, {
    tokens,
    grant,
    provider,
    reason: removedReason,
    at: yield* Clock.currentTimeMillis
  })
})

/** No successor of it waits any more. */
export const emptyStash = Effect.fnUntraced(function* (target: Target) {
  const stash = yield* Stash
  for (const { consumed } of yield* stash.forGrant(target.grant)) yield* stash.remove(consumed)
})

/** Takes away the files of removed logins whose remover died before it could. */
export const finishRemovals = Effect.fnUntraced(function* (home: string) {
  const ledger = yield* Ledger
  if (leftBehind(yield* ledger.state).length === 0) return
  yield* enrolmentLock(home)
  yield* Effect.forEach(leftBehind(yield* ledger.state), (credential) => Effect.ignore(removeSafely(credential)), {
    discard: true
  })
}, Effect.scoped)

const leftBehind = (state: PoolState): ReadonlyArray<Credential> =>
  Array.from(HashMap.values(state.credentials)).filter(
    (credential) =>
      credential.removed &&
      credential.store.kind === "own" &&
      credential.store.path !== undefined &&
      existsSync(credential.store.path) &&
      !isReplaced(state, credential)
  )
