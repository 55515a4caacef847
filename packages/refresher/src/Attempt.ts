/**
 * One sending of a refresh token, under the grant's lock: room for the answer first, then the intent on disk,
 * then one more look, then the request. The answer is kept in the order stash, authority, ledger, each step synced,
 * so that a successor which reached any disk is never lost.
 */
import { lacksSecret, secretVariable } from "@daybook/oauth/ClientSecret"
import { TokenEndpoint, type Granted, type Refused } from "@daybook/oauth/TokenEndpoint"
import { compareFound } from "@daybook/pool/decisions/CompareFound"
import type { Trigger } from "@daybook/pool/events/RefreshEvents"
import type { Evidence } from "@daybook/pool/Evidence"
import { isSame, refOf } from "@daybook/pool/Generation"
import type { AttemptId, EventId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Failure, Grant } from "@daybook/pool/PoolState"
import type { Draft } from "@daybook/pool/Recorded"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { type Reservation, Stash } from "@daybook/vault/Stash"
import { Clock, Effect, Option, type Redacted, Result } from "effect"
import { conclude } from "./Conclude.ts"
import { about, decide, grantState, record } from "./GrantState.ts"
import { whyNotInUse } from "./InUse.ts"
import { newAttemptId, newEventId } from "./internal/NewIds.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { adoptStashed } from "./Adoption.ts"
import { storeSuccessor } from "./StoreSuccessor.ts"
import { holding, type Target, transient } from "./Target.ts"
import type { Held } from "./Held.ts"
import { TokenMemory } from "./TokenMemory.ts"

/** What is being sent. */
interface Sending {
  readonly target: Target
  /** What was asked for: a replay may be sent for any of these. */
  readonly wanted: Trigger
  readonly grant: Grant
  readonly held: Held
  readonly refresh: Redacted.Redacted<string>
  readonly consumed: Fingerprint
  readonly attempt: AttemptId
  readonly intent: EventId
  /** Later than this nothing leaves: what the intent says of the last moment of an answer would not hold. */
  readonly leaveBy: Instant
  readonly reservation: Reservation
}

export type Attempted =
  | { readonly _tag: "Kept"; readonly held: Held }
  /** The failure as recorded; it is not classified yet. */
  | { readonly _tag: "Failed"; readonly failure: Failure }
  /** Nothing was sent, since something moved; look again. */
  | { readonly _tag: "Moved" }

/** With less time than this, in milliseconds, left under the lock it is better to take it anew. */
const leastTime = 500

/** The most that writing the intent and the last look may take, in milliseconds. */
const mostLeadTime = 5_000

/**
 * Sends `held`'s refresh token once, as was decided on `grant`: if that has moved since, nothing is sent.
 * Uninterruptible from the intent on; the time limit bounds it.
 */
export const attempt = (target: Target, grant: Grant, held: Held, trigger: Trigger, wanted: Trigger) =>
  Effect.uninterruptible(Effect.scoped(sendOnce(target, grant, held, trigger, wanted)))

const sendOnce = Effect.fnUntraced(function* (
  target: Target,
  grant: Grant,
  held: Held,
  trigger: Trigger,
  wanted: Trigger
) {
  const { refresh } = held.tokens
  const consumed = held.generation.refresh
  if (refresh === undefined || consumed === undefined) return { _tag: "Moved" } satisfies Attempted
  if (lacksSecret(target.provider)) return yield* secretMissing(target)
  const reservation = yield* Stash.use((stash) => stash.reserve(consumed))
  const timeLimit = yield* timeLimitOf(target)
  if (yield* isTooLate(target)) return { _tag: "Moved" } satisfies Attempted
  const leadTime = Math.min(timeLimit, mostLeadTime)
  const leaveBy = (yield* Clock.currentTimeMillis) + leadTime
  const sending: Sending = {
    target,
    wanted,
    grant,
    held,
    refresh,
    consumed,
    attempt: newAttemptId(),
    intent: newEventId(),
    leaveBy,
    reservation
  }
  yield* decide(
    target,
    grant.version,
    about(
      target,
      "RefreshStarted",
      { attempt: sending.attempt, generation: refOf(held.generation), trigger, timeLimit: timeLimit + leadTime },
      undefined,
      sending.intent
    )
  )
  const obstacle = yield* lookOnceMore(sending)
  if (obstacle !== undefined) {
    const unsent = yield* failed(sending, { left: false, fault: obstacle })
    if (unsent._tag === "Failed") {
      yield* obstacle === "successor-found"
        ? adoptStashed(target, unsent.failure, "before request")
        : conclude(target, unsent.failure)
    }
    return { _tag: "Moved" } satisfies Attempted
  }
  if (!(yield* isStillOpen(sending))) return { _tag: "Moved" } satisfies Attempted
  const endpoint = yield* TokenEndpoint
  const timeLimitMillis = Math.min(timeLimit, yield* timeLimitOf(target))
  const answer = yield* endpoint.refresh(target.provider, refresh, { timeLimitMillis })
  return answer._tag === "Granted" ? yield* granted(sending, answer) : yield* refused(sending, answer)
})

const secretMissing = ({ credential, provider }: Target) =>
  transient(
    credential,
    "Misconfigured",
    `${provider.name} wants a client secret; set ${secretVariable(provider.id)}, or clientSecret in its definition`
  )

/**
 * A store that other programs wait for too says how long its lock may be held. A fifth of that is for storing the
 * answer; what the way here took is gone already.
 */
const timeLimitOf = Effect.fnUntraced(function* (target: Target) {
  const { timeLimit } = yield* PoolPolicy
  const { holdLimit } = target.authority
  if (holdLimit === undefined) return timeLimit
  const elapsed = (yield* Clock.currentTimeMillis) - (target.lockedAt ?? 0)
  return Math.max(0, Math.min(timeLimit, Math.round(holdLimit * 0.8) - elapsed))
})

/** Writing the intent may have taken its time too, when many write. */
const isTooLate = Effect.fnUntraced(function* (target: Target) {
  return (yield* timeLimitOf(target)) < Math.min(leastTime, (yield* PoolPolicy).timeLimit)
})

/** Somebody who took our lock over may have called our answer lost, and sends the token again when he may. */
const isStillOpen = ({ attempt, target }: Sending) =>
  Effect.map(grantState(target), ({ grant }) => grant.open?.attempt === attempt)

/** Why nothing may be sent after all, as a fault's name. An old pair in a store that took no newer one is no reason. */
const lookOnceMore = Effect.fnUntraced(function* ({ consumed, grant, leaveBy, target, wanted }: Sending) {
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

const granted = Effect.fnUntraced(function* (sending: Sending, answer: Granted) {
  const { target } = sending
  const next = yield* keep(sending, {
    ...lasting(sending.held.tokens),
    ...answer.tokens,
    refresh: answer.tokens.refresh ?? sending.refresh
  })
  const success = about(
    target,
    "RefreshSucceeded",
    {
      attempt: sending.attempt,
      generation: refOf(sending.held.generation),
      next: next.ours.generation,
      rotated: answer.rotated,
      ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
      duration: Math.round(answer.durationMillis)
    },
    sending.intent
  )
  yield* Effect.ignore(record(success, ...next.notes))
  return { _tag: "Kept", held: next.held } satisfies Attempted
})

/** What belongs to the grant and need not be said again by every answer. */
const lasting = ({ account, deadline, loggedInAt, resource }: TokenSet): TokenSet => ({
  ...(account === undefined ? {} : { account }),
  ...(deadline === undefined ? {} : { deadline }),
  ...(loggedInAt === undefined ? {} : { loggedInAt }),
  ...(resource === undefined ? {} : { resource })
})

/** The end of the grant that the ledger knows stands until an answer names another. */
const withDeadline = (held: Held, { generation: { deadline } }: Held): Held =>
  deadline === undefined ? held : { ...held, generation: { deadline, ...held.generation } }

/** Stash, then authority. What fails is said in a note; the tokens are served in any case. */
const keep = Effect.fnUntraced(function* (sending: Sending, tokens: TokenSet) {
  const { grant, reservation, target } = sending
  const memory = yield* TokenMemory
  const held = withDeadline(yield* holding(target, tokens), sending.held)
  memory.set(target.grant, held)
  const stashed = yield* Effect.result(
    reservation.commit(tokens, { grant: target.grant, provider: target.provider.id })
  )
  const consumed = sending.held.generation
  const offered = yield* storeSuccessor(target, grant, { consumed, held, stashed: Result.isSuccess(stashed) })
  memory.set(target.grant, offered.held)
  if (offered.notes.length === 0) yield* Effect.ignore(forgetOlder(sending))
  return { ...offered, ours: held }
})

/** A stash entry is kept until the generation after it is stored. */
const forgetOlder = Effect.fnUntraced(function* ({ consumed, target }: Sending) {
  const stash = yield* Stash
  for (const entry of yield* stash.forGrant(target.grant)) {
    if (entry.consumed !== consumed) yield* stash.remove(entry.consumed)
  }
})

/** What came with a refusal is kept before the refusal is told, as every successor is. */
const refused = Effect.fnUntraced(function* (sending: Sending, answer: Refused) {
  const kept = answer.successor?.refresh === undefined ? [] : yield* keepSuccessor(sending, answer.successor)
  return yield* failed(sending, answer.evidence, answer.durationMillis, kept)
})

/** An answer that is no success but carries the next refresh token: that token is kept and refreshed next. */
const keepSuccessor = Effect.fnUntraced(function* (sending: Sending, tokens: TokenSet) {
  const { notes, ours } = yield* keep(sending, tokens)
  const stashed = about(sending.target, "SuccessorStashed", {
    consumed: refOf(sending.held.generation),
    next: ours.generation,
    where: "stash",
    why: "the answer had a refresh token and no access token"
  })
  const stored = about(sending.target, "SuccessorStored", { next: refOf(ours.generation) })
  return [stashed, ...(notes.length > 0 ? notes : [stored])]
})

/** In one append with what else the answer brought. */
const failed = Effect.fnUntraced(function* (
  sending: Sending,
  evidence: Evidence,
  durationMillis?: number,
  kept: ReadonlyArray<Draft> = []
) {
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
    ),
    ...kept
  )
  const failure = (yield* grantState(target)).grant.unclassified
  return failure !== undefined && failure.event === recorded?.id
    ? ({ _tag: "Failed", failure } satisfies Attempted)
    : ({ _tag: "Moved" } satisfies Attempted)
})
