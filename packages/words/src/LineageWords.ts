/** Where a generation came from, how it ended and what came of a request with it, in a few words each. */
import type { Fork, Mark, Member, Outcome } from "@daybook/pool/queries/Lineage"
import { evidenceWords } from "./Essentials.ts"
import type { Names } from "./Names.ts"
import { absolute } from "./Time.ts"

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
