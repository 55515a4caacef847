/**
 * One sending of a refresh token, under the grant's lock: room for the answer first, then the intent on disk,
 * then one more look, then the request. The answer is kept in the order stash, authority, ledger, each step synced,
 * so that a successor which reached any disk is never lost.
 */
import { TokenEndpoint, type Granted, type Refused } from "@daybook/oauth/TokenEndpoint"
import type { Trigger } from "@daybook/pool/events/RefreshEvents"
import type { Evidence } from "@daybook/pool/Evidence"
import { isSame, refOf } from "@daybook/pool/Generation"
import type { AttemptId, EventId } from "@daybook/pool/Ids"
import type { Failure, Grant } from "@daybook/pool/PoolState"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Draft } from "@daybook/pool/Recorded"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { type Reservation, Stash } from "@daybook/vault/Stash"
import { Effect, Option, type Redacted, Result } from "effect"
import { about, decide, grantState, record } from "./GrantState.ts"
import { newAttemptId, newEventId } from "./internal/NewIds.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { replaceableBy } from "./Replaceable.ts"
import { holding, type Target } from "./Target.ts"
import { type Held, TokenMemory } from "./TokenMemory.ts"

/** What is being sent. */
interface Sending {
  readonly target: Target
  readonly grant: Grant
  readonly held: Held
  readonly refresh: Redacted.Redacted<string>
  readonly consumed: Fingerprint
  readonly attempt: AttemptId
  readonly intent: EventId
  readonly reservation: Reservation
}

export type Attempted =
  | { readonly _tag: "Kept"; readonly held: Held }
  /** The failure as recorded; it is not classified yet. */
  | { readonly _tag: "Failed"; readonly failure: Failure }
  /** Nothing was sent, since something moved; look again. */
  | { readonly _tag: "Moved" }

/** Sends `held`'s refresh token once. Uninterruptible from the intent on; the time limit bounds it. */
export const attempt = (target: Target, held: Held, trigger: Trigger) =>
  Effect.uninterruptible(Effect.scoped(sendOnce(target, held, trigger)))

const sendOnce = Effect.fnUntraced(function* (target: Target, held: Held, trigger: Trigger) {
  const { refresh } = held.tokens
  const consumed = held.generation.refresh
  if (refresh === undefined || consumed === undefined) return { _tag: "Moved" } satisfies Attempted
  const { grant } = yield* grantState(target)
  const reservation = yield* Stash.use((stash) => stash.reserve(consumed))
  const timeLimit = yield* timeLimitOf(target)
  const sending: Sending = {
    target,
    grant,
    held,
    refresh,
    consumed,
    attempt: newAttemptId(),
    intent: newEventId(),
    reservation
  }
  yield* decide(
    target,
    grant.version,
    about(
      target,
      "RefreshStarted",
      { attempt: sending.attempt, generation: refOf(held.generation), trigger, timeLimit },
      undefined,
      sending.intent
    )
  )
  const obstacle = yield* lookOnceMore(sending)
  if (obstacle !== undefined) {
    yield* failed(sending, { left: false, fault: obstacle })
    return { _tag: "Moved" } satisfies Attempted
  }
  const endpoint = yield* TokenEndpoint
  const answer = yield* endpoint.refresh(target.provider, refresh, { timeLimitMillis: timeLimit })
  return answer._tag === "Granted" ? yield* granted(sending, answer) : yield* refused(sending, answer)
})

/** A store that other programs wait for too says how long its lock may be held; the rest of it is for storing. */
const timeLimitOf = (target: Target) =>
  Effect.map(Effect.service(PoolPolicy), ({ timeLimit }) =>
    target.authority.holdLimit === undefined ? timeLimit : Math.min(timeLimit, target.authority.holdLimit * 0.8)
  )

/** Why nothing may be sent after all, as a fault's name. */
const lookOnceMore = Effect.fnUntraced(function* ({ consumed, held, target }: Sending) {
  const tokens = yield* Effect.result(target.authority.read)
  const stashed = yield* Effect.result(Stash.use((stash) => stash.find(consumed)))
  if (Result.isFailure(tokens)) return "store-unreadable"
  if (Result.isFailure(stashed)) return "stash-unreadable"
  const found = yield* holding(target, tokens.success)
  const blank = found.generation.access === undefined && found.generation.refresh === undefined
  if (!blank && !isSame(found.generation, held.generation)) return "store-changed"
  return Option.isSome(stashed.success) && (yield* isNews(target, stashed.success.value.tokens))
    ? "successor-found"
    : undefined
})

/** A provider that does not rotate leaves the last answer under the same name. */
const isNews = Effect.fnUntraced(function* (target: Target, tokens: TokenSet) {
  const { grant } = yield* grantState(target)
  const { generation } = yield* holding(target, tokens)
  return !grant.lineage.some((lived) => isSame(lived.generation, generation))
})

const granted = Effect.fnUntraced(function* (sending: Sending, answer: Granted) {
  const { target } = sending
  const next = yield* keep(sending, { ...answer.tokens, refresh: answer.tokens.refresh ?? sending.refresh })
  const success = about(
    target,
    "RefreshSucceeded",
    {
      attempt: sending.attempt,
      generation: refOf(sending.held.generation),
      next: next.held.generation,
      rotated: answer.rotated,
      ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
      duration: Math.round(answer.durationMillis)
    },
    sending.intent
  )
  yield* Effect.ignore(record(success, ...next.notes))
  return { _tag: "Kept", held: next.theirs ?? next.held } satisfies Attempted
})

interface Keeping {
  readonly held: Held
  /** Somebody else's tokens that were in the store by then. */
  readonly theirs?: Held
  readonly notes: ReadonlyArray<Draft>
}

/** Stash, then authority. What fails is said in a note; the tokens are served in any case. */
const keep = Effect.fnUntraced(function* (
  sending: Sending,
  tokens: TokenSet
): Effect.fn.Return<Keeping, never, RefreshServices> {
  const { reservation, target } = sending
  const memory = yield* TokenMemory
  const held = yield* holding(target, tokens)
  memory.set(target.grant, held)
  const stashed = yield* Effect.result(
    reservation.commit(tokens, { grant: target.grant, provider: target.provider.id })
  )
  const stored = yield* Effect.result(target.authority.store(tokens, yield* replaceableBy(target, sending.grant, held)))
  if (Result.isFailure(stored) && Result.isFailure(stashed)) {
    memory.unsaved.set(target.grant, { credential: target.credential, held })
    return { held, notes: [kept(sending, held, "memory", stored.failure.message)] } satisfies Keeping
  }
  if (Result.isFailure(stored)) {
    return { held, notes: [kept(sending, held, "stash", stored.failure.message)] } satisfies Keeping
  }
  if (stored.success._tag === "Mismatch") return yield* yielded(sending, held, stored.success.found)
  yield* Effect.ignore(forgetOlder(sending))
  return { held, notes: [] } satisfies Keeping
})

const kept = ({ target, held }: Sending, next: Held, where: "stash" | "memory", why: string) =>
  about(target, "SuccessorStashed", {
    consumed: refOf(held.generation),
    next: next.generation,
    where,
    why: why.slice(0, 200)
  })

/** An unknown pair stands in the store: ours stays in the stash, theirs is used. */
const yielded = Effect.fnUntraced(function* (sending: Sending, ours: Held, found: TokenSet) {
  const { target } = sending
  const theirs = yield* holding(target, found)
  ;(yield* TokenMemory).set(target.grant, theirs)
  const adopted = about(target, "RaceAdopted", {
    held: refOf(ours.generation),
    found: theirs.generation,
    winner: { store: target.authority.ref.kind },
    phase: "after success"
  })
  return { held: ours, theirs, notes: [adopted] } satisfies Keeping
})

/** A stash entry is kept until the generation after it is stored. */
const forgetOlder = Effect.fnUntraced(function* ({ consumed, target }: Sending) {
  const stash = yield* Stash
  for (const entry of yield* stash.forGrant(target.grant)) {
    if (entry.consumed !== consumed) yield* stash.remove(entry.consumed)
  }
})

const refused = Effect.fnUntraced(function* (sending: Sending, answer: Refused) {
  const result = yield* Effect.result(failed(sending, answer.evidence, answer.durationMillis))
  if (answer.successor?.refresh !== undefined) yield* keepSuccessor(sending, answer.successor)
  return yield* Effect.fromResult(result)
})

/** An answer that is no success but carries the next refresh token: that token is kept and refreshed next. */
const keepSuccessor = Effect.fnUntraced(function* (sending: Sending, tokens: TokenSet) {
  const { held, notes } = yield* keep(sending, tokens)
  const stashed = kept(sending, held, "stash", "the answer had a refresh token and no access token")
  yield* notes.length > 0
    ? record(...notes)
    : record(stashed, about(sending.target, "SuccessorStored", { next: refOf(held.generation) }))
})

const failed = Effect.fnUntraced(function* (sending: Sending, evidence: Evidence, durationMillis?: number) {
  const { target } = sending
  const [recorded] = yield* record(
    about(
      target,
      "RefreshFailed",
      {
        attempt: sending.attempt,
        generation: refOf(sending.held.generation),
        evidence,
        ...(durationMillis === undefined ? {} : { duration: Math.round(durationMillis) })
      },
      sending.intent
    )
  )
  const failure = (yield* grantState(target)).grant.unclassified
  return failure !== undefined && failure.event === recorded?.id
    ? ({ _tag: "Failed", failure } satisfies Attempted)
    : ({ _tag: "Moved" } satisfies Attempted)
})
