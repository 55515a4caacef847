/**
 * What a look into one credential's store shows: newer tokens are observed; older ones, blanks and another account's are
 * named and never adopted, and our own go over an older pair at once, before another program sends it.
 */
import { endedByLogin } from "@daybook/pool/decisions/Bench"
import { compareFound, type Standing } from "@daybook/pool/decisions/CompareFound"
import type { EventOf } from "@daybook/pool/Event"
import type { Credential } from "@daybook/pool/PoolState"
import { isBlank } from "@daybook/pool/TokenSet"
import { Clock, Effect } from "effect"
import { keepDisplaced, keepLeft } from "./Displaced.ts"
import { type Finding, forgetFinding, isNoted, note, readingOf } from "./Findings.ts"
import { finishUnfinished } from "./FinishUnfinished.ts"
import { decide, grantState } from "./GrantState.ts"
import { type Held, recalling } from "./Held.ts"
import { observation } from "./Observation.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { reread } from "./Reread.ts"
import { isBuried } from "./StoreVerdict.ts"
import { holding, type Target, targetOf } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export type How = EventOf<"GenerationObserved">["data"]["how"]

interface Seen {
  readonly standing: Standing | "none"
  readonly held: Held
}

/** Only what differs from the ledger is worth the lock, and what a dead holder left is finished first. */
export const notice = Effect.fnUntraced(function* (credential: Credential, how: How) {
  const target = yield* targetOf(credential)
  const seen = yield* look(target)
  if (seen.standing === "newer") return yield* observe(target, how)
  const buried = target.authority.writable && (yield* isBuried(target))
  if (buried || (how === "watch" && (yield* isNews(target, seen)))) yield* name(target, seen)
})

/** Without the lock a refresh of our own may be under way: what it brought stays in hand, the ledger having it or not yet. */
const look = Effect.fnUntraced(function* (target: Target) {
  const memory = yield* TokenMemory
  const before = memory.get(target.grant)
  const tokens = yield* target.authority.read
  const { grant } = yield* grantState(target)
  yield* Effect.ignore(keepLeft(target, grant, before))
  const held = recalling(yield* holding(target, tokens), before, grant.current)
  const standing = isBlank(tokens) ? "none" : compareFound(grant, held.generation)
  const isAhead = before !== undefined && compareFound(grant, before.generation) === "newer"
  if (standing === "same" && !isAhead && memory.get(target.grant) === before) memory.set(target.grant, held)
  return { standing, held } satisfies Seen
})

/** Decided on what stands there once the lock is held. */
const observe = Effect.fnUntraced(function* (target: Target, how: How) {
  if (!(yield* isFree(target))) return
  const { grant, state } = yield* grantState(target)
  const { held, standing } = yield* look(target)
  if (standing !== "newer") return
  yield* keepDisplaced(target, grant)
  const ended = endedByLogin(state, grant, held.generation, yield* Clock.currentTimeMillis)
  yield* decide(target, grant.version, ...observation(target, grant, held, how), ...ended)
  ;(yield* TokenMemory).set(target.grant, held)
}, Effect.scoped)

/** Takes the lock of a store that has one, and finishes what a dead holder of it began. */
const isFree = Effect.fnUntraced(function* (target: Target) {
  if (!target.authority.writable) return true
  yield* target.authority.lock((yield* PoolPolicy).lockWait)
  return yield* finishUnfinished(target)
})

/** Of a dead login nothing is expected. */
const isNews = Effect.fnUntraced(function* (target: Target, seen: Seen) {
  const { current, health } = (yield* grantState(target)).grant
  if (seen.standing === "same" || current === undefined || health._tag === "Dead") {
    yield* forgetFinding(target)
    return false
  }
  return !(yield* isNoted(target, findingOf(seen)))
})

/** Reading again under the lock says it, and puts ours back. A store that is only read is left as it is. */
const name = Effect.fnUntraced(function* (target: Target, seen: Seen) {
  if (!target.authority.writable) return yield* note(target, findingOf(seen))
  if (yield* isFree(target)) yield* reread(target, "before request")
}, Effect.scoped)

const findingOf = ({ held, standing }: Seen): Finding =>
  standing === "none" ? { found: "none" } : readingOf(held, standing)
