/**
 * Why a credential is as it is: the event that set a field, what led to it, and the cause in a word and in words. Pure: the
 * caller hands over the events that name the credential, its grant, its token and its account, up to the moment.
 */
import { HashMap, Option } from "effect"
import type { Instant } from "../Instant.ts"
import { type Credential, type Grant, grantById, type PoolState } from "../PoolState.ts"
import type { Recorded } from "../Recorded.ts"
import { generationOf, onAccountOf } from "./Account.ts"
import { credentialStatus } from "./Status.ts"
import type { Case, Finding, Limits } from "./why/Case.ts"
import { type Chain, chainOf } from "./why/Chain.ts"
import { judgeDeath } from "./why/Death.ts"
import { type FieldName, readField } from "./why/Fields.ts"
import { healthy, judgeLiving } from "./why/Living.ts"
import { isRace, raced } from "./why/Race.ts"
import type { Question, Trouble } from "./why/Recollection.ts"
import { judgeChoice, judgeCooldown, judgeEnd, judgeQuota, judgeTokens } from "./why/Setting.ts"

export interface Asked extends Pick<Question, "field" | "now"> {
  /** As it was at the moment. */
  readonly credential: Credential
  /** As it stood at the moment. */
  readonly state: PoolState
  /** What was held of the events up to it, in order. */
  readonly events: ReadonlyArray<Recorded>
  readonly setter: Recorded | undefined
  readonly trouble: Trouble | undefined
  readonly limits?: Limits | undefined
}

export interface Answer {
  readonly credential: Credential
  readonly field: FieldName
  /** Of the field; none if it has none. */
  readonly value: string | undefined
  readonly finding: Finding
  /** The event that gave the field its value, if it is not older than what was read. */
  readonly setter: Recorded | undefined
  readonly chain: Chain
  /** Nothing is wrong now: what was wrong last. */
  readonly before: { readonly event: Recorded; readonly finding: Finding } | undefined
}

/** What stands on the lines that matter: ids of the credential, of its grant and of its account, and its refresh token. */
export const namesOf = (state: PoolState, credential: Credential): ReadonlyArray<string> => {
  const token = generationOf(state, credential)?.refresh
  const all = onAccountOf(state, credential).flatMap(({ grant, id }) => [`"${id}"`, grant])
  return [...new Set([...all, ...(token === undefined ? [] : [token])])]
}

export const why = (asked: Asked): Answer => {
  const { credential, events, field, now, setter, state, trouble } = asked
  const one = caseOf(asked, credential, state, now, events)
  const finding = judge(one, field, setter)
  const start = isFault(finding) ? latest([setter, ...finding.evidence]) : setter
  return {
    credential,
    field,
    value: readField(state, credential.id, field, now)?.text,
    finding,
    setter,
    chain: start === undefined ? { links: [] } : chainTo(start, finding, credential, events),
    before: finding.cause === "healthy" && trouble !== undefined ? earlier(asked, trouble) : undefined
  }
}

/** Whoever joins an account that is benched is benched by what another credential of it met before. */
const chainTo = (
  start: Recorded,
  { evidence }: Finding,
  { id }: Credential,
  events: ReadonlyArray<Recorded>
): Chain => {
  const bench = evidence.find((event) => event.type === "CooldownStarted" && event.credential !== id)
  if (bench === undefined || bench.seq >= start.seq) return chainOf(start, events)
  const { links, ...above } = chainOf(bench, events)
  return { ...above, links: [...links.slice(0, -1), { event: bench, tie: "account" }, { event: start }] }
}

/** Evidence that the chain does not show, in order. */
export const besides = ({ chain, finding: { evidence } }: Answer): Finding["evidence"] => {
  const shown = new Set(chain.links.map(({ event }) => event.id))
  return evidence.filter(({ id }) => !shown.has(id)).toSorted((a, b) => a.seq - b.seq)
}

const isFault = ({ cause }: Finding): boolean => cause !== "healthy" && cause !== "operator"

const latest = (events: ReadonlyArray<Recorded | undefined>): Recorded | undefined =>
  events.reduce(
    (last, event) => (last === undefined || (event !== undefined && event.seq > last.seq) ? event : last),
    undefined
  )

const caseOf = (
  { limits = {} }: Pick<Asked, "limits">,
  credential: Credential,
  state: PoolState,
  now: Instant,
  events: ReadonlyArray<Recorded>
): Case => ({
  state,
  credential,
  grant: grantById(state, credential.grant),
  status: credentialStatus(state, credential, now),
  now,
  events,
  limits
})

const judge = (one: Case, field: FieldName, setter: Recorded | undefined): Finding => {
  switch (field) {
    case "status":
    case "reason":
    case "until":
      return judgeStatus(one, setter)
    case "health":
      return one.grant.health._tag === "Live" ? healthy(one) : judgeHealth(one)
    case "current":
      return judgeTokens(one, setter)
    case "expiresAt":
      return judgeEnd(one, setter)
    case "cooldown":
      return judgeCooldown(one)
    case "quota":
      return judgeQuota(one)
    case "label":
    case "operator":
    case "priority":
    case "removed":
    case "store":
      return judgeChoice(one, setter)
  }
}

/** A removal or a pause hides whatever else is wrong, unless it was a death that removed it. */
const judgeStatus = (one: Case, setter: Recorded | undefined): Finding => {
  const { removed, removedBy } = one.credential
  const isChoice = removed ? removedBy !== "quarantine" : one.status.word === "paused"
  return isChoice ? judgeChoice(one, lastChoice(one) ?? setter) : judgeHealth(one)
}

const lastChoice = ({ credential: { id, removed }, events }: Case): Recorded | undefined =>
  events.findLast(
    (event) => event.type === (removed ? "CredentialRemoved" : "CredentialPaused") && event.credential === id
  )

const judgeHealth = (one: Case): Finding => {
  const { condemned, health } = one.grant
  if (health._tag === "Dead") return judgeDeath(one, health)
  return condemned === undefined
    ? judgeLiving(one)
    : judgeDeath(one, { ...condemned, bound: "refresh", since: sinceOf(one, condemned) })
}

const sinceOf = ({ events, now }: Case, { event }: NonNullable<Grant["condemned"]>): Instant =>
  events.find(({ id }) => id === event)?.at ?? now

const earlier = (asked: Asked, { event, state: then }: Trouble): Answer["before"] => {
  const state = { ...then, actors: asked.state.actors } // who joins is not of a credential's own story
  const credential = Option.getOrUndefined(HashMap.get(state.credentials, asked.credential.id))
  if (credential === undefined) return undefined
  const events = asked.events.filter(({ seq }) => seq <= event.seq)
  const one = caseOf(asked, credential, state, event.at, events)
  return { event, finding: isRace(event) ? raced(one, event) : judgeHealth(one) }
}
