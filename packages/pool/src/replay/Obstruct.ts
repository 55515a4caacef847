/**
 * Whether a request that was made would have been made in another state of the pool: only if nothing stands in its way
 * there that did not stand in its way when it was made.
 */
import { planRefresh, type RefreshRequest } from "../decisions/PlanRefresh.ts"
import type { EventOf } from "../Event.ts"
import type { Trigger } from "../events/RefreshEvents.ts"
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import { type Credential, type Grant, grantById, type PoolState } from "../PoolState.ts"
import { endOf, obstacleOf } from "../queries/Obstacle.ts"
import type { Envelope } from "../Recorded.ts"
import { credentialIn } from "./CredentialIn.ts"
import type { Rules } from "./Rules.ts"

/** What keeps a request from being made. */
export interface Obstruction {
  readonly why: "dead" | "benched" | "held back"
  /** When it ends by itself. */
  readonly until: Instant | undefined
  /** When it began, if that is known. */
  readonly since: Instant | undefined
}

export interface World {
  readonly state: PoolState
  readonly policy: Policy
}

type Started = Envelope & EventOf<"RefreshStarted">

/** Of a refresh. One that our own plan would not have sent in the recorded world either is left as it is. */
export const refreshObstruction = (
  event: Started,
  recorded: World,
  other: World,
  rules: Rules
): Obstruction | undefined => {
  const credential = credentialIn(recorded.state, event.credential)
  if (credential === undefined || !rules.know(credential)) return undefined
  const wish = wishes(event, grantById(recorded.state, event.data.grant)).find((wish) =>
    isSent(recorded, event, credential, wish, rules)
  )
  if (wish === undefined) return undefined
  return (
    planObstruction(other, event, credential, wish, rules) ?? selectionObstruction(event, credential, recorded, other)
  )
}

type Wish = Pick<RefreshRequest, "trigger" | "usable">

/** Who wanted the refresh, and whether the access token was good, as far as the event says it. */
const wishes = ({ at, data: { trigger } }: Started, grant: Grant): ReadonlyArray<Wish> => {
  const usable = isUsable(grant, at) && trigger !== "expired" && trigger !== "unauthorized"
  const triggers: ReadonlyArray<Trigger> = trigger === "replay" ? ["expired", "operator"] : [trigger, "operator"]
  return triggers.flatMap((trigger) => [
    { trigger, usable },
    { trigger, usable: !usable }
  ])
}

const isUsable = ({ current, refusedAccess }: Grant, now: Instant): boolean =>
  current?.access !== undefined && refusedAccess?.access !== current.access && (current.expiresAt ?? Infinity) > now

const planOf = ({ policy, state }: World, { at, data }: Started, { provider }: Credential, wish: Wish, rules: Rules) =>
  planRefresh(state, grantById(state, data.grant), {
    ...wish,
    now: at,
    due: true,
    provider,
    replay: rules.replay(provider),
    policy
  })

const isSent = (world: World, event: Started, credential: Credential, wish: Wish, rules: Rules): boolean =>
  planOf(world, event, credential, wish, rules)._tag === "Send"

const planObstruction = (
  world: World,
  event: Started,
  credential: Credential,
  wish: Wish,
  rules: Rules
): Obstruction | undefined => {
  const plan = planOf(world, event, credential, wish, rules)
  if (plan._tag === "Dead") return { why: "dead", until: undefined, since: plan.dead.since }
  return plan._tag === "Hold" ? { why: "held back", until: plan.retryAt, since: undefined } : undefined
}

/** Nobody is given a benched credential, so nobody refreshes it for a caller; upkeep and operators do. */
const selectionObstruction = (
  { at, data: { trigger } }: Started,
  { id }: Credential,
  recorded: World,
  other: World
): Obstruction | undefined =>
  trigger === "operator" || trigger === "keepalive"
    ? undefined
    : useObstruction({ credential: id, model: undefined, at }, recorded.state, other.state)

export interface Use {
  readonly credential: CredentialId
  readonly model: string | undefined
  readonly at: Instant
}

/** Of a call to a model API. One that was made although its credential was no candidate would be made again. */
export const useObstruction = (
  { at, credential: id, model }: Use,
  recorded: PoolState,
  other: PoolState
): Obstruction | undefined => {
  const [then, now] = [credentialIn(recorded, id), credentialIn(other, id)]
  if (then === undefined || now === undefined || obstacleOf(recorded, then, at, model) !== undefined) return undefined
  const obstacle = obstacleOf(other, now, at, model)
  if (obstacle === undefined) return undefined
  return obstacle._tag === "Dead"
    ? { why: "dead", until: undefined, since: obstacle.since }
    : { why: "benched", until: endOf(obstacle), since: undefined }
}
