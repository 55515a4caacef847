/**
 * What happens under one holding of a grant's lock: a look at everything that others did, a decision,
 * and at most one request.
 */
import { planRefresh, type Plan } from "@daybook/pool/decisions/PlanRefresh"
import type { Trigger, Winner } from "@daybook/pool/events/RefreshEvents"
import type { Fingerprint } from "@daybook/pool/Fingerprint"
import type { Failure, Grant, PoolState } from "@daybook/pool/PoolState"
import { Clock, Effect } from "effect"
import { attempt } from "./Attempt.ts"
import { conclude, giveUp, verdictOn } from "./Conclude.ts"
import { dead, nothingKept, terminal } from "./NoToken.ts"
import { finishUnfinished } from "./FinishUnfinished.ts"
import { isDue, isServable } from "./Freshness.ts"
import { grantState } from "./GrantState.ts"
import { inUse } from "./InUse.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { adoptStashed, noteWinner, winnerOf } from "./Adoption.ts"
import { reread } from "./Reread.ts"
import { holding, type Target, transient } from "./Target.ts"
import type { Held } from "./Held.ts"
import { TokenMemory } from "./TokenMemory.ts"

export interface Want {
  readonly trigger: Trigger
  /** The access token that the caller has and does not want again. */
  readonly unwanted?: Fingerprint
}

export interface Landing {
  readonly held: Held
  /** Who moved the grant on, if the caller wanted another token and this is one that somebody else brought. */
  readonly winner?: Winner
}

/** What one section under the lock came to. */
export type Step =
  | { readonly _tag: "Done"; readonly held: Held; readonly winner?: Winner }
  /** The ledger or a store moved meanwhile. */
  | { readonly _tag: "Again" }
  /** Another actor's failure is not classified yet; nothing is sent until it is. */
  | { readonly _tag: "Later" }
  /** A terminal verdict, to be believed after further looks. */
  | { readonly _tag: "Confirm"; readonly failure: Failure }

/** Finishes what others began, reads again, decides, and sends at most once. `had` is what the caller came with. */
export const section = Effect.fnUntraced(function* (target: Target, want: Want, had?: Held) {
  if ((yield* grantState(target)).grant.blocked) return yield* serveBlocked(target, want)
  if (!(yield* finishUnfinished(target))) return { _tag: "Later" } satisfies Step
  yield* inUse((yield* grantState(target)).state, target.credential, want.trigger)
  const held = yield* reread(target, "before request", had)
  const { grant, state } = yield* grantState(target)
  if (isUnfinished(grant) || isPast(grant, held)) return { _tag: "Again" } satisfies Step
  const plan = yield* planOf(target, want, state, grant, held)
  return yield* follow(target, want, plan, grant, held)
})

/** Something began since we looked: somebody else believes to hold the lock, or does. */
const isUnfinished = ({ open, unclassified }: Grant): boolean => open !== undefined || unclassified !== undefined

/** The grant moved on since these tokens were read. */
const isPast = ({ current }: Grant, held: Held | undefined): boolean =>
  held !== undefined && current !== undefined && held.generation.refresh !== current.refresh

/** An event about it is from a newer program: its tokens are served, and nothing is decided. */
const serveBlocked = Effect.fnUntraced(function* (target: Target, want: Want) {
  const held = yield* holding(target, yield* target.authority.read)
  const unwanted = want.unwanted !== undefined && want.unwanted === held.generation.access
  const { health } = (yield* grantState(target)).grant
  if (health._tag === "Dead") return yield* dead(target, health)
  if (!unwanted && isServable(held, yield* Clock.currentTimeMillis)) return { _tag: "Done", held } satisfies Step
  return yield* transient(
    target.credential,
    "LedgerUnavailable",
    "the ledger holds an event about it from a newer version of Daybook; update this program"
  )
})

const planOf = Effect.fnUntraced(function* (
  target: Target,
  want: Want,
  state: PoolState,
  grant: Grant,
  held: Held | undefined
) {
  const now = yield* Clock.currentTimeMillis
  const asked = want.unwanted !== undefined && want.unwanted === held?.generation.access
  const refused = asked && want.trigger === "unauthorized"
  const servable = held !== undefined && isServable(held, now)
  return planRefresh(state, grant, {
    now,
    trigger: want.trigger,
    usable: servable && !refused,
    due: !servable || asked || isDue(held, now, target.provider.skewMillis),
    provider: target.provider.id,
    replay: target.provider.replay,
    policy: yield* PoolPolicy
  })
})

const follow = Effect.fnUntraced(function* (
  target: Target,
  want: Want,
  plan: Plan,
  grant: Grant,
  held: Held | undefined
) {
  switch (plan._tag) {
    case "Dead":
      return yield* dead(target, plan.dead)
    case "NoRefreshToken":
      return yield* terminal(target, "MissingRefreshToken", "protocol/no-refresh-token")
    case "ResponseLost":
      yield* giveUp(target, grant)
      return { _tag: "Again" } satisfies Step
    case "Hold":
      return yield* transient(target.credential, plan.reason, plan.why, plan.retryAt)
    case "Serve":
    case "Send":
      return held === undefined ? yield* nothingKept(target) : yield* proceed(target, want, plan, grant, held)
  }
})

const proceed = Effect.fnUntraced(function* (
  target: Target,
  want: Want,
  plan: Extract<Plan, { _tag: "Serve" | "Send" }>,
  grant: Grant,
  held: Held
) {
  if (plan._tag === "Serve") {
    ;(yield* TokenMemory).set(target.grant, held)
    return want.unwanted === undefined
      ? ({ _tag: "Done", held } satisfies Step)
      : ({ _tag: "Done", held, winner: yield* winnerOf(target) } satisfies Step)
  }
  const attempted = yield* attempt(target, grant, held, plan.trigger, want.trigger)
  switch (attempted._tag) {
    case "Kept":
      return attempted.held.tokens.access === undefined
        ? ({ _tag: "Again" } satisfies Step)
        : ({ _tag: "Done", held: attempted.held } satisfies Step)
    case "Moved":
      return { _tag: "Again" } satisfies Step
    case "Failed":
      return yield* afterFailure(target, attempted.failure)
  }
})

/** A verdict that wants confirming is not recorded before it is confirmed. */
const afterFailure = Effect.fnUntraced(function* (target: Target, failure: Failure) {
  const verdict = yield* verdictOn(target, failure)
  if (verdict.verdict === "Terminal" && verdict.confirm) return { _tag: "Confirm", failure } satisfies Step
  yield* conclude(target, failure)
  return yield* afterConclusion(target)
})

/** One request is one answer: what was concluded from it is what the caller gets. */
const afterConclusion = Effect.fnUntraced(function* (target: Target) {
  const { backoff, health } = (yield* grantState(target)).grant
  if (health._tag === "Dead") return yield* unlessReplaced(target)
  if (backoff === undefined) return { _tag: "Again" } satisfies Step
  return yield* transient(target.credential, backoff.reason, `rule ${backoff.rule}`, backoff.retryAt)
})

/** A new pair may have come between the verdict and the clearing; then nothing was cleared, and it is used. */
const unlessReplaced = Effect.fnUntraced(function* (target: Target) {
  yield* reread(target, "after rejection")
  const { health } = (yield* grantState(target)).grant
  return health._tag === "Dead" ? yield* dead(target, health) : ({ _tag: "Again" } satisfies Step)
})

/** One more look at authority and ledger; after the last one the verdict stands. */
export const confirmation = Effect.fnUntraced(function* (target: Target, failure: Failure, last: boolean) {
  if (yield* hasMoved(target, failure)) {
    yield* noteWinner(target, failure)
    return { _tag: "Again" } satisfies Step
  }
  yield* reread(target, "after rejection")
  yield* adoptStashed(target, failure, "after rejection")
  if (yield* hasMoved(target, failure)) return { _tag: "Again" } satisfies Step
  if (!last) return { _tag: "Confirm", failure } satisfies Step
  yield* conclude(target, failure)
  return yield* afterConclusion(target)
})

const hasMoved = (target: Target, failure: Failure) =>
  Effect.map(grantState(target), ({ grant }) => grant.unclassified?.event !== failure.event)
