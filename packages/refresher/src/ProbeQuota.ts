/**
 * Asks a provider whether the quota of a benched account is free again, before its bench ends by itself: a plan that was
 * topped up, or a reset that was named too late, costs nobody a day. The question goes on record before it is asked, so of
 * all processes one asks; whoever comes meanwhile, here or there, waits for its answer, and nobody asks again for a while
 * whatever that is. It is asked with an access token in hand. Nothing is refreshed for it but a login whose upkeep is due
 * anyway.
 */
import { Ledger } from "@daybook/ledger/Ledger"
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import { isLapsing } from "@daybook/pool/decisions/KeepAlive"
import { concludeProbe, isProbeDue, probeOf, unanswered } from "@daybook/pool/decisions/Quota"
import { type CredentialId, Seq } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential, PoolState } from "@daybook/pool/PoolState"
import { onAccountOf } from "@daybook/pool/queries/Account"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Clock, Effect, Fiber, HashMap, Option, Stream } from "effect"
import { decide, grantState, record } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { newEventId } from "./internal/NewIds.ts"
import { inUse } from "./InUse.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import { Refresher } from "./Refresher.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { reportRefusal } from "./ReportAnswer.ts"
import { targetOf } from "./Target.ts"

/** Asks about those of these credentials that are due, all at once. What goes wrong leaves them benched. */
export type Probes = (credentials: ReadonlyArray<Credential>) => Effect.Effect<void>

/** `usable` is the token in hand that may be shown to an API. */
export const makeProbes = Effect.fnUntraced(function* (
  usable: (credential: Credential, now: Instant) => Held | undefined
) {
  const services = yield* Effect.context<RefreshServices>()
  const ledger = yield* Ledger
  const policy = yield* PoolPolicy
  const refresher = yield* Refresher
  const scope = yield* Effect.scope
  const latest = new Map<CredentialId, Fiber.Fiber<void>>()

  const join = (credential: Credential): Effect.Effect<unknown> =>
    Effect.suspend(() => {
      const before = latest.get(credential.id)
      if (before !== undefined && before.pollUnsafe() === undefined) return Fiber.await(before)
      return Effect.flatMap(Effect.uninterruptible(start(credential)), Fiber.await)
    })

  /** It goes on if whoever asked has gone. */
  const start = (credential: Credential): Effect.Effect<Fiber.Fiber<void>> =>
    probe(credential, heldFor(credential)).pipe(
      Effect.ignore,
      Effect.provide(services),
      Effect.forkIn(scope),
      Effect.tap((fiber) => Effect.sync(() => void latest.set(credential.id, fiber)))
    )

  const heldFor = (credential: Credential) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const held = usable(credential, now)
      return held === undefined ? refresher.refresh(credential, { trigger: "keepalive" }) : Effect.succeed(held)
    })

  const mayAsk = (credential: Credential, now: Instant): boolean =>
    credential.operator === "enabled" &&
    (usable(credential, now) !== undefined || isLapsing(ledger.known(), credential, now, policy))

  const probes: Probes = (credentials) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const able = credentials.filter((credential) => mayAsk(credential, now))
      return Effect.forEach(oneOfEach(ledger.known(), able), join, { concurrency: "unbounded", discard: true })
    })
  return probes
})

/** Two credentials of one account have one quota. */
const oneOfEach = (state: PoolState, able: ReadonlyArray<Credential>): ReadonlyArray<Credential> =>
  able.filter((one, place) => {
    const mates = new Set(onAccountOf(state, one).map(({ id }) => id))
    return !able.slice(0, place).some(({ id }) => mates.has(id))
  })

const probe = Effect.fnUntraced(function* (credential: Credential, held: Effect.Effect<Held, RefreshError>) {
  const ledger = yield* Ledger
  const policy = yield* PoolPolicy
  const now = yield* Clock.currentTimeMillis
  const event = newEventId()
  const isDue = isProbeDue(yield* ledger.state, credential, now, policy)
  const shown = isDue ? yield* held : undefined
  if (shown !== undefined) yield* record(probeOf(credential, event, now, policy))
  const question = memberOf(ledger.known(), credential).quotaAsked
  if (shown !== undefined && question?.event === event) return yield* ask(credential, shown)
  const isOpen = question?.answered === false && now - question.at < policy.timeLimit
  if (isOpen) yield* Effect.timeoutOption(nextAnswer(credential), policy.timeLimit)
})

/** Whatever it says, and whoever asked. */
const nextAnswer = ({ id }: Credential) =>
  Ledger.use((ledger) =>
    ledger.tail(Seq.make(ledger.known().head + 1)).pipe(
      Stream.filter((event) => event.type === "QuotaObserved" && event.credential === id),
      Stream.runHead
    )
  )

/** An answer that is of no use is one too: nobody waits for it any more. */
const ask = (credential: Credential, held: Held) =>
  Effect.catch(askOnce(credential, held), () => record(unanswered(credential)))

/**
 * Records what the provider said, and ends the bench if every window is free: the one that stood when the question was
 * asked. If the grant has moved meanwhile, the answer is out of date and is dropped.
 */
const askOnce = Effect.fnUntraced(function* (credential: Credential, held: Held) {
  const target = yield* targetOf(credential)
  const { timeLimit } = yield* PoolPolicy
  const { grant, state } = yield* grantState(target)
  yield* inUse(state, credential)
  const answer = yield* UsageEndpoint.use((usage) => usage.read(target.provider, held.tokens, timeLimit))
  if (answer._tag === "Windows") {
    const declared = (target.provider.usage?.windows ?? []).map(({ name }) => name)
    const now = yield* Clock.currentTimeMillis
    const said = { windows: answer.windows, declared }
    return yield* decide(target, grant.version, ...concludeProbe(state, memberOf(state, credential), said, now))
  }
  // Only a refused token says something of the login: some logins may use the API and not ask about it.
  if (answer._tag === "Refused" && answer.evidence.status === 401) {
    yield* reportRefusal({ credential, generation: held.generation }, answer.evidence)
  }
  return yield* record(unanswered(credential))
})

const memberOf = (state: PoolState, credential: Credential): Credential =>
  Option.getOrElse(HashMap.get(state.credentials, credential.id), () => credential)
