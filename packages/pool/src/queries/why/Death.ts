/**
 * Why a login is dead. What the provider said of the token is half of it; who had sent the token before, how long it had
 * rested and what a store showed meanwhile are the other half.
 */
import { type Case, type Finding, finding } from "./Case.ts"
import { deadlineAt } from "./Deadline.ts"
import { isLeftAlone, isPastLimit, type Rest, restOf } from "./Rest.ts"
import { type Death, isSaidRevoked, type Scene, sceneOf } from "./Scene.ts"
import { byFork, byOurs, byStray, judgeResponseLost, judgeReused } from "./Spent.ts"
import { answer, moment, span } from "./Words.ts"

export const judgeDeath = (one: Case, death: Death): Finding => {
  if (death.bound === "access") return endedForAccess(one, death)
  const scene = sceneOf(one, death)
  switch (death.reason) {
    case "Reused":
      return judgeReused(one, scene)
    case "Expired":
      return pastDeadline(one, scene) ?? pastLimit(one, scene) ?? leftAlone(one, scene) ?? expired(scene)
    case "Revoked":
      return pastDeadline(one, scene) ?? pastLimit(one, scene) ?? byAnother(one, scene) ?? revoked(one, scene)
    case "AccountClosed":
      return finding("revoked", `The provider says that the account is closed${scene.answer}.`, scene.shown)
    case "ResponseLost":
      return judgeResponseLost(one, scene)
    case "MissingRefreshToken":
      return finding("expired", "Its access token ended, and it came without a refresh token to renew it.", scene.shown)
  }
}

/** The model API refused the access token, and said that the login behind it is over. */
const endedForAccess = ({ credential, events }: Case, { event, rule }: Death): Finding => {
  const byId = (id: string | undefined) => events.find((one) => one.id === id)
  const classified = byId(byId(event)?.cause)
  const observed = byId(classified?.cause)
  const evidence = observed?.type === "ApiOutcomeObserved" ? observed.data.evidence : undefined
  const what = credential.kind === "apiKey" ? "the key is not valid" : "the login was ended"
  const said = evidence === undefined ? `rule ${rule}` : answer(evidence)
  return finding("revoked", `The model API says that ${what} (${said}).`, [observed, classified])
}

const pastDeadline = (one: Case, { at, death, shown }: Scene): Finding | undefined => {
  const rest = restOf(one, death.generation, at)
  switch (deadlineAt(one, at, rest)) {
    case "of the login":
      return finding("expired", `The whole login ended at ${untilOf(one)}, whatever was refreshed.`, shown)
    case "of the token":
      return finding(
        "idle",
        `The refresh token was good until ${untilOf(one)} and was not used${restWords(rest)}.`,
        shown
      )
    case "ahead":
    case "none":
      return undefined
  }
}

const untilOf = ({ grant: { current } }: Case): string => moment(current?.deadline ?? 0)

const restWords = (rest: Rest | undefined): string => (rest === undefined ? "" : ` for ${span(rest.millis)}`)

const pastLimit = (one: Case, { at, death, shown }: Scene): Finding | undefined => {
  const rest = restOf(one, death.generation, at)
  if (!isPastLimit(one, rest)) return undefined
  const says = `The refresh token was not used${restWords(rest)}, and its provider lets one rest for ${span(one.limits.idleMillis ?? 0)}.`
  return finding("idle", says, shown)
}

/** Where nobody knows the limit, only a token that the provider calls expired was left alone for too long. */
const leftAlone = (one: Case, { answer, at, death, shown }: Scene): Finding | undefined => {
  const rest = restOf(one, death.generation, at)
  if (!isLeftAlone(rest)) return undefined
  const says = `The refresh token had expired unused${answer}: it rested${restWords(rest)}, while its access token was good for ${span(rest.accessLife)}.`
  return finding("idle", says, shown)
}

const expired = ({ answer, shown }: Scene): Finding =>
  finding("expired", `The provider says that the time of the login is over${answer}.`, shown)

/** An answer that names no revocation may be the answer to a spent token. */
const byAnother = (one: Case, scene: Scene): Finding | undefined =>
  isSaidRevoked(scene) ? undefined : (byOurs(one, scene) ?? byStray(one, scene) ?? byFork(one, scene))

const sentBefore = (times: number): string => {
  if (times === 0) return "nobody in this ledger had used its refresh token"
  return `its refresh token had been sent ${times === 1 ? "once" : `${times} times`} before`
}

const revoked = (one: Case, { answer, at, death, others, shown, store }: Scene): Finding => {
  if (store !== undefined) {
    const says = `The program that shares the ${store.data.store} store declared the login dead (rule ${death.rule}) and took its tokens out.`
    return finding("revoked", says, [store], { store: store.data.store })
  }
  const rest = restOf(one, death.generation, at)
  const came = rest === undefined ? "" : `; it had come ${span(rest.millis)} before`
  const says = `The provider says that the login is not valid any more${answer}, and ${sentBefore(others.length)}${came}.`
  return finding("revoked", says, shown)
}
