/**
 * What led to an event, back to its root: by the cause that its writer wrote down, and where none is written, by what the
 * event itself tells (the attempt it ends, the refusal that set that off, whoever brought the tokens). Processes do not
 * count: the chain goes through all that write the ledger.
 */
import type { EventOf } from "../../Event.ts"
import { type GenerationRef, isSame } from "../../Generation.ts"
import type { EventId } from "../../Ids.ts"
import type { Envelope, Recorded } from "../../Recorded.ts"

/** How an event is tied to the one that it led to. */
export type Tie =
  /** Its writer said so. */
  | "cause"
  /** It is what was classified. */
  | "evidence"
  /** The same attempt. */
  | "attempt"
  /** It set off the attempt. */
  | "trigger"
  /** It brought the tokens. */
  | "brought"
  /** It won the race. */
  | "won"
  /** It benched the account, whoever is on it. */
  | "account"

export interface Link {
  readonly event: Recorded
  /** How it led to the next link; none for the last one, which is what was asked about. */
  readonly tie?: Tie
}

export interface Chain {
  /** The root first. */
  readonly links: ReadonlyArray<Link>
  /** Named as the cause of the first link, and not at hand. */
  readonly outside?: EventId
}

interface Step {
  readonly event: Recorded
  readonly tie: Tie
}

const longest = 32

/** `events` in their order. */
export const chainOf = (last: Recorded, events: ReadonlyArray<Recorded>): Chain => {
  const byId = new Map(events.map((event) => [event.id, event]))
  const links: Array<Link> = [{ event: last }]
  let event = last
  while (links.length < longest) {
    const { cause } = event
    const above = cause === undefined ? impliedBy(event, events) : withTie(byId.get(cause), "cause")
    if (above === undefined && cause !== undefined) return { links: links.toReversed(), outside: cause }
    if (above === undefined || above.event.seq >= event.seq) break
    links.push(above)
    event = above.event
    if (above.tie === "brought") break // how the tokens came to be there is the story of the generation before
  }
  return { links: links.toReversed() }
}

const withTie = (event: Recorded | undefined, tie: Tie): Step | undefined =>
  event === undefined ? undefined : { event, tie }

const impliedBy = (event: Recorded, events: ReadonlyArray<Recorded>): Step | undefined => {
  const earlier = (is: (one: Recorded) => boolean, tie: Tie) =>
    withTie(
      events.findLast((one) => one.seq < event.seq && is(one)),
      tie
    )
  switch (event.type) {
    case "ErrorClassified":
      return earlier(({ id }) => id === event.data.of, "evidence")
    case "RefreshSucceeded":
    case "RefreshFailed":
    case "OutcomeLost":
      return earlier((one) => one.type === "RefreshStarted" && one.data.attempt === event.data.attempt, "attempt")
    case "RefreshStarted":
      return triggerOf(event, earlier)
    case "ApiOutcomeObserved":
      return earlier((one) => brings(one, event.data.generation, "access"), "brought")
    case "CredentialQuarantined":
      return earlier((one) => condemns(one, event.data), "cause")
    case "StoreCleared":
      return earlier(
        (one) => one.type === "CredentialQuarantined" && isSame(one.data.generation, event.data.generation),
        "cause"
      )
    case "CredentialRemoved":
      return event.data.by === "quarantine"
        ? earlier(({ type }) => type === "CredentialQuarantined", "cause")
        : undefined
    case "RaceAdopted":
      return adoption(event, earlier)
    case "SuccessorStashed":
      return earlier(
        (one) => one.type === "RefreshStarted" && isSame(one.data.generation, event.data.consumed),
        "attempt"
      )
    case "SuccessorStored":
      return earlier((one) => one.type === "SuccessorStashed" && isSame(one.data.next, event.data.next), "cause")
    default:
      return undefined
  }
}

type Earlier = (is: (one: Recorded) => boolean, tie: Tie) => Step | undefined

const triggerOf = ({ data }: Envelope & EventOf<"RefreshStarted">, earlier: Earlier): Step | undefined => {
  const { generation, trigger } = data
  switch (trigger) {
    case "unauthorized":
      return earlier((one) => isRefusalOf(one, generation), "trigger")
    case "replay":
      return earlier((one) => isDoubtAbout(one, generation), "trigger")
    case "operator":
      return earlier(
        (one) =>
          one.type === "QuarantineLifted" && one.data.by === "operator" && isSame(one.data.generation, generation),
        "trigger"
      )
    default:
      return earlier((one) => brings(one, generation, "refresh"), "brought")
  }
}

const isRefusalOf = (event: Recorded, { access }: GenerationRef): boolean =>
  event.type === "ErrorClassified" && event.data.surface === "api" && event.data.generation.access === access

/** The token may be spent since then. */
export const isDoubtAbout = (event: Recorded, { refresh }: GenerationRef): boolean =>
  (event.type === "OutcomeLost" && event.data.suspect !== false && event.data.generation.refresh === refresh) ||
  (event.type === "ErrorClassified" && event.data.suspect === true && event.data.generation.refresh === refresh)

const condemns = (event: Recorded, { bound, generation }: EventOf<"CredentialQuarantined">["data"]): boolean =>
  (event.type === "ErrorClassified" &&
    (event.data.verdict === "Terminal" || event.data.verdict === "GrantRevoked") &&
    event.data.generation[bound] === generation[bound]) ||
  isDoubtAbout(event, generation)

/** After a rejection it is our own attempt that led there; else whoever of ours brought what was found. */
const adoption = ({ data }: Envelope & EventOf<"RaceAdopted">, earlier: Earlier): Step | undefined =>
  data.phase === "after rejection"
    ? earlier((one) => one.type === "RefreshFailed" && one.data.generation.refresh === data.held.refresh, "cause")
    : earlier((one) => brings(one, data.found, "refresh"), "won")

/** The tokens that an event brought, if it brought any. */
export const broughtBy = (event: Recorded): GenerationRef | undefined => {
  switch (event.type) {
    case "GenerationObserved":
    case "RecoveryAdopted":
      return event.data.generation
    case "RefreshSucceeded":
    case "SuccessorStashed":
      return event.data.next
    case "RaceAdopted":
      return event.data.found
    default:
      return undefined
  }
}

/** It brought this token, whatever came with it. */
export const brings = (event: Recorded, generation: GenerationRef, token: "access" | "refresh"): boolean =>
  generation[token] !== undefined && broughtBy(event)?.[token] === generation[token]
