/**
 * Asks a provider whether the quota of a benched credential is free again, before its bench ends by itself: a plan that
 * was topped up, or a reset that was named too late, costs nobody a day. One question at a time for each credential;
 * whoever comes meanwhile waits for its answer, and nobody asks again for a while whatever that is.
 */
import { UsageEndpoint } from "@daybook/oauth/UsageEndpoint"
import { concludeProbe, isProbeDue } from "@daybook/pool/decisions/Quota"
import type { CredentialId } from "@daybook/pool/Ids"
import type { Instant } from "@daybook/pool/Instant"
import type { Credential } from "@daybook/pool/PoolState"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Clock, Effect, Fiber, HashMap, Option } from "effect"
import { decide, grantState } from "./GrantState.ts"
import type { Held } from "./Held.ts"
import { inUse } from "./InUse.ts"
import { PoolPolicy } from "./PoolPolicy.ts"
import type { RefreshServices } from "./RefreshServices.ts"
import { reportRefusal } from "./ReportAnswer.ts"
import { targetOf } from "./Target.ts"

/** Asks about those of these credentials that are due, all at once. What goes wrong leaves them benched. */
export type Probes = (credentials: ReadonlyArray<Credential>) => Effect.Effect<void>

/** `heldFor` gives tokens worth sending, refreshed first if they must be. */
export const makeProbes = Effect.fnUntraced(function* (
  heldFor: (credential: Credential) => Effect.Effect<Held, RefreshError>
) {
  const services = yield* Effect.context<RefreshServices>()
  const scope = yield* Effect.scope
  const policy = yield* PoolPolicy
  const asked = new Map<CredentialId, Instant>()
  const latest = new Map<CredentialId, Fiber.Fiber<void>>()

  const probe = (credential: Credential) =>
    heldFor(credential).pipe(
      Effect.flatMap((held) => ask(credential, held)),
      Effect.ignore,
      Effect.provide(services)
    )

  const join = (credential: Credential, now: Instant): Effect.Effect<unknown> =>
    Effect.suspend(() => {
      const before = latest.get(credential.id)
      if (before !== undefined && before.pollUnsafe() === undefined) return Fiber.await(before)
      if (!isProbeDue(credential, asked.get(credential.id), now, policy)) return Effect.void
      asked.set(credential.id, now)
      return Effect.flatMap(Effect.uninterruptible(start(credential)), Fiber.await)
    })

  /** It goes on if whoever asked has gone. */
  const start = (credential: Credential): Effect.Effect<Fiber.Fiber<void>> =>
    Effect.tap(Effect.forkIn(probe(credential), scope), (fiber) =>
      Effect.sync(() => void latest.set(credential.id, fiber))
    )

  const probes: Probes = (credentials) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.forEach(credentials, (credential) => join(credential, now), { concurrency: "unbounded", discard: true })
    )
  return probes
})

/**
 * Records what the provider said, and ends the bench if every window is free: the one that stood when the question was
 * asked. If the grant has moved meanwhile, the answer is out of date and is dropped.
 */
const ask = Effect.fnUntraced(function* (credential: Credential, held: Held) {
  const target = yield* targetOf(credential)
  const { timeLimit } = yield* PoolPolicy
  const { grant, state } = yield* grantState(target)
  yield* inUse(state, credential)
  const asked = Option.getOrElse(HashMap.get(state.credentials, credential.id), () => credential)
  const answer = yield* UsageEndpoint.use((usage) => usage.read(target.provider, held.tokens, timeLimit))
  switch (answer._tag) {
    case "Windows": {
      const declared = (target.provider.usage?.windows ?? []).map(({ name }) => name)
      const { windows } = answer
      const events = concludeProbe(asked, { windows, declared }, yield* Clock.currentTimeMillis)
      if (events.length > 0) yield* decide(target, grant.version, ...events)
      return
    }
    case "Refused":
      // Only a refused token says something of the login: some logins may use the API and not ask about it.
      if (answer.evidence.status === 401) {
        yield* reportRefusal({ credential, generation: held.generation }, answer.evidence)
      }
      return
    case "Unasked":
      return
  }
})
