/** The operations of the control interface, on one world. */
import { Clock, Effect, HashMap } from "effect"
import { type Queued } from "../Faults.ts"
import { type GrantOptions, newGrant } from "../Grant.ts"
import * as Grants from "../Grants.ts"
import * as Logins from "../Logins.ts"
import { type Handlers, type Login, type Payload } from "../Operations.ts"
import { SandboxError, UnknownGrant, UnknownUserCode } from "../SandboxError.ts"
import { randomId } from "../Tokens.ts"
import * as Rfc6749 from "./Rfc6749.ts"
import type * as Watched from "./Watched.ts"
import * as World from "./World.ts"

const loggedIn = (world: World.World): ((options: GrantOptions) => Effect.Effect<Login>) =>
  Effect.fnUntraced(function* (options) {
    const now = yield* Clock.currentTimeMillis
    const grant = newGrant({ ...world.defaults, ...options }, randomId("grant"), randomId("account"), now)
    const lifetime = grant.policy.firstAccessLifetime
    const tokens = yield* World.mint(world, grant, lifetime, now)
    world.grants.update((state) => Grants.login(state, grant, tokens, now))
    return {
      grant: grant.id,
      account_id: grant.subject.account,
      email: grant.subject.email,
      ...Rfc6749.tokenMembers(grant, tokens, lifetime, now)
    }
  })

const known = (world: World.World, grant: string): Effect.Effect<void, SandboxError> =>
  Effect.suspend(() =>
    Grants.findGrant(world.grants.get(), grant) === null
      ? Effect.fail(new SandboxError({ reason: new UnknownGrant({ grant }) }))
      : Effect.void
  )

const knownIfGiven = (world: World.World, grant: string | undefined) =>
  grant === undefined ? Effect.void : known(world, grant)

const enqueue = <F>(
  queue: Watched.Watched<ReadonlyArray<Queued<F>>>,
  request: { readonly fault: F; readonly grant?: string; readonly times?: number }
) => {
  const { fault, grant = null, times = 1 } = request
  queue.update((all) => [...all, { fault, grant, left: times }])
  return null
}

const revoked = (world: World.World, { grant, code = "token_invalidated" }: Payload<"revoke">) => {
  world.grants.update((state) => Grants.revoke(state, grant, code))
  return null
}

const expired = (world: World.World, grant: string) => {
  world.grants.update((state) => Grants.expireAccess(state, grant))
  return null
}

const metered = (world: World.World, { grant, ...quota }: Payload<"quota">) => {
  world.quotas.update((all) => HashMap.set(all, grant, quota))
  return null
}

const described = (world: World.World, discovery: Payload<"discovery">) => {
  world.discovery.update(() => discovery)
  return null
}

const decided = (world: World.World, { decision, userCode }: Payload<"decide">) =>
  Effect.suspend(() =>
    world.logins.modify((logins) => Logins.decided(logins, userCode, decision))
      ? Effect.succeed(null)
      : Effect.fail(new SandboxError({ reason: new UnknownUserCode({ userCode }) }))
  )

export const make = (world: World.World): Handlers => ({
  about: () => Effect.succeed({ trapOrigin: world.trapOrigin }),
  issue: loggedIn(world),
  revoke: (request) => Effect.map(known(world, request.grant), () => revoked(world, request)),
  expireAccess: ({ grant }) => Effect.map(known(world, grant), () => expired(world, grant)),
  fault: (request) => Effect.map(knownIfGiven(world, request.grant), () => enqueue(world.tokenFaults, request)),
  apiFault: (request) => Effect.map(knownIfGiven(world, request.grant), () => enqueue(world.apiFaults, request)),
  quota: (request) => Effect.map(known(world, request.grant), () => metered(world, request)),
  discovery: (request) => Effect.sync(() => described(world, request)),
  logins: (policy) =>
    Effect.sync(() => {
      world.logins.update((logins) => ({ ...logins, policy }))
      return null
    }),
  decide: (request) => decided(world, request),
  deviceFault: (request) => Effect.sync(() => enqueue(world.deviceFaults, request)),
  deviceRequests: () => Effect.sync(world.deviceRequests.get),
  hold: ({ point, grant, count = 1 }) =>
    Effect.map(knownIfGiven(world, grant), () => world.holds.arm(point, grant ?? null, count)),
  parked: ({ hold, count }) => world.holds.parked(hold, count),
  release: ({ hold }) => Effect.as(world.holds.release(hold), null),
  journal: () => Effect.sync(world.journal.posts),
  settled: ({ seq }) => world.journal.settled(seq),
  apiCalls: () => Effect.sync(world.journal.apiCalls),
  revocations: () => Effect.sync(world.journal.revocations),
  trapped: () => Effect.sync(world.journal.trapped),
  issuedTokens: () =>
    Effect.sync(() => [...Grants.issuedTokens(world.grants.get()), ...Logins.secrets(world.logins.get())])
})
