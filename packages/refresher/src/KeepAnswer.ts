/**
 * What becomes of an answer: it is kept in the order stash, authority, ledger, each step synced, so that a successor
 * which reached any disk is never lost. A refusal is recorded with its evidence.
 */
import type { Granted, Refused } from "@daybook/oauth/TokenEndpoint"
import type { Evidence } from "@daybook/pool/Evidence"
import { refOf } from "@daybook/pool/Generation"
import type { Draft } from "@daybook/pool/Recorded"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Stash } from "@daybook/vault/Stash"
import { Effect, Result } from "effect"
import { about, grantState, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import type { Attempted, Sending } from "./Sending.ts"
import { storeSuccessor } from "./StoreSuccessor.ts"
import { holding } from "./Target.ts"
import { TokenMemory } from "./TokenMemory.ts"

export const granted = Effect.fnUntraced(function* (sending: Sending, answer: Granted) {
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
export const refused = Effect.fnUntraced(function* (sending: Sending, answer: Refused) {
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
export const failed = Effect.fnUntraced(function* (
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
