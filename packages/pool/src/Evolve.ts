/**
 * `evolve` takes a state and one more event to the next state. It is pure and total: whatever a ledger
 * holds, in whatever order, gives a state; an event about something never seen makes it known.
 */
import { Hash, HashMap, Option } from "effect"
import { catalogue, credentialOf, grantOf, type EventOf, type PoolEvent } from "./Event.ts"
import type { CredentialId, GrantId } from "./Ids.ts"
import { withActor } from "./internal/evolveActors.ts"
import { evolveCredential } from "./internal/evolveCredential.ts"
import { evolveGrant } from "./internal/evolveGrant.ts"
import { empty, emptyGrant, type Exhausted, grantById, type Grant, type PoolState, providerById } from "./PoolState.ts"
import type { Envelope, Recorded, UnknownEvent } from "./Recorded.ts"

/** The state after one more event. */
export const evolve = (state: PoolState, event: Recorded): PoolState =>
  event.type === "Unknown" ? keepUnknown(state, event) : apply(state, event)

/** The state after all of them, in order. */
export const fold = (events: Iterable<Recorded>, from: PoolState = empty): PoolState => {
  let state = from
  for (const event of events) state = evolve(state, event)
  return state
}

const apply = (before: PoolState, event: Envelope & PoolEvent): PoolState => {
  const state = aboutPool(before, event)
  const { refresh } = catalogue[event.type]
  const grant = grantOf(event)
  const credential = refresh ? undefined : credentialOf(event) // what happens to a grant leaves its credentials alone
  return {
    ...state,
    head: event.seq,
    latest: Math.max(state.latest, event.at),
    credentials: credential === undefined ? state.credentials : withCredential(state.credentials, credential, event),
    grants: grant === undefined ? state.grants : withGrant(state.grants, grant, event, refresh)
  }
}

const aboutPool = (state: PoolState, event: Envelope & PoolEvent): PoolState => {
  switch (event.type) {
    case "LedgerOpened":
      return { ...state, ledger: { id: event.data.ledger, openedAt: event.at } }
    case "ActorJoined":
      return { ...state, actors: withActor(state, event) }
    case "PolicyApplied":
      return {
        ...state,
        actors: HashMap.modify(state.actors, event.actor, (actor) => ({ ...actor, policyHash: event.data.hash }))
      }
    case "ErrorClassified":
      return withProviderAnswer(state, event)
    case "ApiOutcomeObserved":
      return withUse(state, event)
    case "SelectionExhausted":
      return withExhausted(state, event.data)
    default:
      return state
  }
}

/** Remembers answers of an unknown shape, and an outage that several grants showed. */
const withProviderAnswer = (state: PoolState, event: Envelope & EventOf<"ErrorClassified">): PoolState => {
  const { grant, providerWide, reason, retryAt, shape } = event.data
  const credential = event.credential === undefined ? Option.none() : HashMap.get(state.credentials, event.credential)
  if (Option.isNone(credential) || reason !== "Unrecognized") return state
  const { provider } = credential.value
  const before = providerById(state, provider)
  return {
    ...state,
    providers: HashMap.set(state.providers, provider, {
      ...before,
      retryAt: providerWide === true ? retryAt : before.retryAt,
      unrecognized: shape === undefined ? before.unrecognized : { grant, shape, at: event.at }
    })
  }
}

/** For so many models, what was said last is remembered for each. */
const exhaustedMost = 8

const withExhausted = (state: PoolState, said: Exhausted): PoolState => {
  const before = providerById(state, said.provider)
  const others = (before.exhausted ?? []).filter(({ model }) => model !== said.model)
  return {
    ...state,
    providers: HashMap.set(state.providers, said.provider, {
      ...before,
      exhausted: [...others.slice(1 - exhaustedMost), said]
    })
  }
}

/** An accepted call ends a run of refusals of its grant, unless it was accepted before them and only counted since. */
const withUse = (state: PoolState, { credential: id, data }: Envelope & EventOf<"ApiOutcomeObserved">): PoolState => {
  const credential = HashMap.get(state.credentials, id)
  if (Option.isNone(credential) || !data.accepted) return state
  const grant = grantById(state, credential.value.grant)
  return data.last !== undefined && data.last <= (grant.refusedAt ?? data.last)
    ? state
    : setGrant(state, { ...grant, refusedInARow: 0, refusedAccess: undefined, refusedAt: undefined })
}

const withCredential = (
  credentials: PoolState["credentials"],
  id: CredentialId,
  event: Envelope & PoolEvent
): PoolState["credentials"] =>
  HashMap.modifyHash(credentials, id, Hash.hash(id), (before) =>
    Option.fromUndefinedOr(evolveCredential(Option.getOrUndefined(before), event))
  )

const withGrant = (
  grants: PoolState["grants"],
  id: GrantId,
  event: Envelope & PoolEvent,
  moves: boolean
): PoolState["grants"] =>
  HashMap.modifyHash(grants, id, Hash.hash(id), (before) => {
    const after = evolveGrant(
      Option.getOrElse(before, () => emptyGrant(id)),
      event
    )
    return Option.some(moves ? { ...after, version: event.seq, movedBy: event.actor } : after)
  })

const keepUnknown = (state: PoolState, event: Envelope & UnknownEvent): PoolState => {
  const counted = { ...state, unknown: state.unknown + 1, head: event.seq, latest: Math.max(state.latest, event.at) }
  const grant = event.data.grant ?? grantOfCredential(state, event.credential)
  return grant === undefined ? counted : setGrant(counted, { ...grantById(counted, grant), blocked: true })
}

const grantOfCredential = (state: PoolState, id: CredentialId | undefined): GrantId | undefined =>
  id === undefined ? undefined : Option.getOrUndefined(HashMap.get(state.credentials, id))?.grant

const setGrant = (state: PoolState, grant: Grant): PoolState => ({
  ...state,
  grants: HashMap.set(state.grants, grant.id, grant)
})
