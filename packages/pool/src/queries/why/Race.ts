/**
 * What it means that a grant went on with tokens that somebody else had brought: an ordinary turn, a race that cost a request,
 * or the way back from tokens that were no good.
 */
import type { EventOf } from "../../Event.ts"
import type { Envelope, Recorded } from "../../Recorded.ts"
import type { CauseWord } from "../Cause.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { brings } from "./Chain.ts"
import { actorName, winnerName } from "./Words.ts"

type Adoption = Envelope & EventOf<"RaceAdopted">

/** Two had the token under way. Whoever is found to have been first before anything was sent had an ordinary turn. */
export const isRace = (event: Recorded): event is Adoption =>
  event.type === "RaceAdopted" && event.data.fallback !== true && event.data.phase !== "before request"

export const judgeAdoption = (one: Case, event: Adoption): Finding => {
  if (event.data.fallback === true) return wentBack(one, event)
  return isRace(event) ? raced(one, event) : turn(one, event)
}

/** The tokens that count came from the winner of a race, and ours has not been refreshed since. */
export const racedLast = (one: Case): Finding | undefined => {
  const { current } = one.grant
  const brought = current && one.events.findLast((event) => brings(event, current, "refresh"))
  return brought !== undefined && isRace(brought) ? raced(one, brought) : undefined
}

export const raced = (one: Case, event: Adoption): Finding => {
  const { found, held, phase, winner } = event.data
  const sent = one.events.findLast(
    (other) => other.type === "RefreshFailed" && other.seq < event.seq && other.data.generation.refresh === held.refresh
  )
  const brought = one.events.find((other) => other.seq < event.seq && brings(other, found, "refresh"))
  const name = actorName(one.state, event.actor)
  const lost =
    phase === "after rejection" ? `${name}'s own request was refused` : `${name} put its own new tokens aside`
  const says = `${winnerName(one.state, winner)} refreshed the login at the same time and won; ${lost}, and the tokens of the winner are used.`
  return finding("raced", says, [sent, brought, event], winner)
}

const turn = (one: Case, { actor, data: { winner } }: Adoption): Finding =>
  finding(
    "healthy",
    `${winnerName(one.state, winner)} had refreshed the login when ${actorName(one.state, actor)} looked, before anything was sent.`,
    [],
    winner
  )

const causes: { readonly [reason: string]: CauseWord } = { Reused: "replayed", Revoked: "revoked", Expired: "expired" }

/** What had displaced them was refused for good, or was of no use. */
const wentBack = (one: Case, event: Adoption): Finding => {
  const verdict = one.events.find(({ id }) => id === event.cause)
  const reason = verdict?.type === "ErrorClassified" ? verdict.data.reason : undefined
  const why = reason === undefined ? "was of no use" : `was refused for good (${reason})`
  const says = `${actorName(one.state, event.actor)} went back to them: another program's pair had displaced them and ${why}.`
  return finding(causes[reason ?? ""] ?? "unknown", says, [verdict])
}
