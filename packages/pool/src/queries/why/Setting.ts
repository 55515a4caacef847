/** Why a field that is not about the login's state stands as it does: by the event that set it. */
import type { EventOf } from "../../Event.ts"
import type { Recorded } from "../../Recorded.ts"
import { allBenchesOf, quotaOf } from "../Account.ts"
import { benchFinding } from "./Benched.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { judgeAdoption } from "./Race.ts"
import { actorName, moment } from "./Words.ts"

/** When its access token ends. Of an API key, and of some logins, nobody says so. */
export const judgeEnd = (one: Case, setter: Recorded | undefined): Finding =>
  one.grant.current !== undefined && one.grant.current.expiresAt === undefined && setter === undefined
    ? finding("healthy", "Nobody has said that it ends.")
    : judgeTokens(one, setter)

/** Of the tokens that count, or of what came with them. */
export const judgeTokens = (one: Case, setter: Recorded | undefined): Finding => {
  switch (setter?.type) {
    case undefined:
      return finding("unknown", "What brought its tokens is older than what can be read here.")
    case "RaceAdopted":
      return judgeAdoption(one, setter)
    case "GenerationObserved":
      return setter.data.how === "watch" || setter.data.how === "reload"
        ? finding(
            "healthy",
            `${nameIn(one, setter)} found them in the ${setter.data.where} store: another program put them there.`
          )
        : finding("operator", `They came with a login (${setter.data.how}), recorded by ${nameIn(one, setter)}.`)
    case "RecoveryAdopted":
      return finding(
        "healthy",
        `${nameIn(one, setter)} took them from a login in the ${setter.data.from} store, since its own was lost.`
      )
    case "RefreshSucceeded":
      return setter.data.recovered === true
        ? finding(
            "answer-lost",
            `${nameIn(one, setter)} found them where a process had kept them that died before it could say so.`
          )
        : finding("healthy", `${nameIn(one, setter)} refreshed it.`)
    case "SuccessorStashed":
      return finding(
        "healthy",
        `${nameIn(one, setter)} refreshed it; its store could not take the new tokens yet (${setter.data.why}).`
      )
    default:
      return finding("healthy", "They are as they were when the credential was enrolled.")
  }
}

/** Its own benches, the one that ends last first. */
export const judgeCooldown = (one: Case): Finding => {
  const benches = allBenchesOf(one.credential, one.now).toSorted((a, b) => b.until - a.until)
  return benches[0] === undefined ? finding("healthy", "Nothing benches it.") : benchFinding(one, benches[0])
}

export const judgeQuota = ({ credential, state }: Case): Finding => {
  const windows = quotaOf(state, credential)
  const full = windows.filter(({ usedPercent }) => usedPercent >= 100)
  if (full.length > 0) return finding("quota", `It has used up ${full.map(({ name }) => name).join(" and ")}.`)
  return finding("healthy", windows.length === 0 ? "Nobody has seen its quota." : "None of its windows is used up.")
}

/** What an operator decides. */
export const judgeChoice = (one: Case, setter: Recorded | undefined): Finding => {
  if (setter === undefined) return finding("unknown", "What set it is older than what can be read here.")
  const when = `${nameIn(one, setter)} at ${moment(setter.at)}`
  switch (setter.type) {
    case "CredentialEnrolled":
      return finding("healthy", `It is as it was when it was enrolled, by ${when}.`)
    case "CredentialRemoved":
      return finding("operator", `It was taken out of the pool by ${removers[setter.data.by]}: ${when}.`)
    case "CredentialResumed":
      return finding("operator", `A person put it back into use: ${when}.`)
    default:
      return finding("operator", `A person set it: ${when}.`)
  }
}

const removers: Readonly<Record<EventOf<"CredentialRemoved">["data"]["by"], string>> = {
  operator: "a person",
  store: "the program that owns its store",
  quarantine: "its death"
}

const nameIn = ({ state }: Case, { actor }: Recorded): string => actorName(state, actor)
