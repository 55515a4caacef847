/** Where a generation came from, how it ended and what came of a request with it, in a few words each. */
import { ageOf, type Fork, type Mark, type Member, type Outcome, type Sending } from "@daybook/pool/queries/Lineage"
import type { Instant } from "@daybook/pool/Instant"
import { evidenceWords } from "./Essentials.ts"
import type { Names } from "./Names.ts"
import { reasons } from "./Sentence.ts"
import { absolute, span } from "./Time.ts"

export const originWords = ({ brought, origin }: Member, names: Names): string => {
  if (brought === undefined) return "brought before the oldest event that is here"
  const by = `${names.actor(brought.by)}, ${absolute(brought.at)}, event ${brought.seq}`
  switch (origin._tag) {
    case "Refresh":
      if (origin.recovered) return `answer to a refresh whose sender had died, found by ${by}`
      return `answer to a refresh${origin.rotated ? "" : ", with the same refresh token"}, by ${by}`
    case "Login":
      return `${logins[origin.how]} ${origin.where} store by ${by}`
    case "Adopted":
      return `${origin.where === undefined ? "kept aside, and" : `put into the ${origin.where} store by another program, and`} adopted ${origin.phase} by ${by}`
    case "Seen":
      return `put into the ${origin.where} store by another program, and seen by ${by}`
    case "Recovered":
      return `found in the ${origin.where} store, and used in place of a dead login by ${by}`
    case "Earlier":
      return `brought by ${by}; how, was archived`
  }
}

const logins = {
  enrol: "enrolled out of the",
  login: "a login, into the",
  import: "imported into the"
} as const

/** Who sent it, why, and what came of it. */
export const sendingWords = ({ at, by, outcome, seq, trigger }: Sending, names: Names): string =>
  `spent by ${names.actor(by)}, ${absolute(at)}, event ${seq}, ${reasons[trigger]}: ${outcomeWords(outcome)}`

export const outcomeWords = (outcome: Outcome): string => {
  switch (outcome._tag) {
    case "Open":
      return "no answer yet"
    case "Succeeded":
      return "answered"
    case "Failed":
      return evidenceWords(outcome.evidence)
    case "Lost":
      return "the answer was lost"
  }
}

/** How old it was at its end, or is at a moment; empty if nobody knows when it was brought. */
export const ageWords = (member: Member, at: Instant): string => {
  const age = ageOf(member, at)
  return age === undefined ? "" : (span(age) ?? "less than a second")
}

/** `age`: how old it was then. */
export const endingWords = ({ ending, number }: Member, age: string, names: Names): string => {
  const { at, by, how, next, reason } = ending
  const old = age === "" ? "" : ` after ${age}`
  const since = next === undefined ? "" : next < number ? `; then ${next} again` : `; ${next} came after it`
  switch (how) {
    case "current":
      return `current${age === "" ? "" : `, for ${age}`}`
    case "succeeded":
      return `succeeded by ${next ?? number + 1}${old}`
    case "displaced":
      return `displaced by ${next ?? "another one"}${old}`
    case "refused":
      return `refused for good${reason === undefined ? "" : ` (${reason})`}${old}${since}`
    case "quarantined":
      return `quarantined (${reason ?? "no reason"}) by ${markWords(by, names)}${old}${since}`
    case "lost":
      return `may be spent: an answer was lost${old}${since}`
    case "expired":
      return `expired${at === undefined ? "" : ` at ${absolute(at)}`}${old}${since}`
    case "unknown":
      return "how it ended is not told by the events that are here"
  }
}

const markWords = (mark: Mark | undefined, names: Names): string =>
  mark === undefined ? "nobody" : `${names.actor(mark.by)}, ${absolute(mark.at)}, event ${mark.seq},`

export const forkWords = ({ kind }: Fork, { children }: Member): string => {
  const both = `${children.slice(0, -1).join(", ")} and ${children.at(-1)}`
  switch (kind) {
    case "race":
      return `fork: ${both} are both answers to it, a race that both won`
    case "shared":
      return `fork: ${both} share its refresh token, which the provider does not rotate`
    case "outside":
      return `fork: ${both} stand beside each other, one of them brought by another program`
    case "back":
      return `fork: ${both} came after it, and the grant went back to it`
  }
}

export interface Incident {
  readonly what: "adopted" | "returns" | "revivals"
  readonly says: string
}

/** What befell it beside its end. */
export const incidentsOf = (member: Member): ReadonlyArray<Incident> =>
  incidents.flatMap(({ says, what }) =>
    member[what] === 0 ? [] : [{ what, says: `${says}, ${counted(member[what], "time")}` }]
  )

const incidents: ReadonlyArray<Incident> = [
  { what: "adopted", says: "others came for the same refresh and used it" },
  { what: "returns", says: "the grant went back to it" },
  { what: "revivals", says: "a person revived it" }
]

/** Of generations that followed each other without incident: when, and by whom. */
export const runWords = (members: ReadonlyArray<Member>, names: Names): string => {
  const [first, last] = [members[0]?.brought, members.at(-1)?.brought]
  const adopted = members.reduce((sum, one) => sum + one.adopted, 0)
  const often = adopted === 0 ? "" : `; others came for the same refresh ${counted(adopted, "time")}`
  const when = first === undefined || last === undefined ? "" : `${absolute(first.at)} to ${absolute(last.at)}, `
  return `${when}by ${spenders(members, names)}${often}`
}

/** So many actors of a run are named. */
const mostNamed = 3

const spenders = (members: ReadonlyArray<Member>, names: Names): string => {
  const counts = Map.groupBy(
    members.flatMap(({ sendings }) => sendings),
    ({ by }) => by
  )
  const sorted = Array.from(counts, ([id, { length }]) => ({ id, length })).toSorted(
    (one, other) => other.length - one.length || (one.id < other.id ? -1 : 1)
  )
  const named = sorted.slice(0, mostNamed).map(({ id }) => names.actor(id))
  const rest = sorted.length - named.length
  return rest === 0 ? named.join(", ") : `${named.join(", ")} and ${counted(rest, "other")}`
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`
