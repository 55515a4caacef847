/**
 * One sending of a refresh token, under the grant's lock: room for the answer first, then the intent on disk,
 * then one more look, then the request.
 */
import { lacksSecret, secretVariable } from "@daybook/oauth/ClientSecret"
import { TokenEndpoint } from "@daybook/oauth/TokenEndpoint"
import type { Trigger } from "@daybook/pool/events/RefreshEvents"
import { refOf } from "@daybook/pool/Generation"
import type { WhyUnsent } from "@daybook/pool/Unsent"
import type { Grant } from "@daybook/pool/PoolState"
import { Stash } from "@daybook/vault/Stash"
import { Clock, Effect } from "effect"
import { adoptStashed } from "./Adoption.ts"
import { conclude } from "./Conclude.ts"
import { about, decide } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { newAttemptId, newEventId } from "./internal/NewIds.ts"
import { failed, granted, refused } from "./KeepAnswer.ts"
import { isStillOpen, isTooLate, lookOnceMore, timeLimitOf } from "./LastLook.ts"
import type { Attempted, Sending } from "./Sending.ts"
import { type Target, transient } from "./Target.ts"

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
    const unsent = yield* failed(sending, { left: false, fault: obstacle satisfies WhyUnsent })
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
  const answer = yield* endpoint.refresh(target.provider, refresh, { timeLimitMillis }).pipe(
    Effect.annotateSpans({
      credential: target.credential.id,
      attempt: sending.attempt,
      correlation: target.correlation
    })
  )
  return answer._tag === "Granted" ? yield* granted(sending, answer) : yield* refused(sending, answer)
})

const secretMissing = ({ credential, provider }: Target) =>
  transient(
    credential,
    "Misconfigured",
    `${provider.name} wants a client secret; set ${secretVariable(provider.id)}, or clientSecret in its definition`
  )
