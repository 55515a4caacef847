/** What the model API said last of a login that nothing else is wrong with. */
import type { EventOf } from "../../Event.ts"
import type { Envelope } from "../../Recorded.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { answer, moment } from "./Words.ts"

/** Fresh tokens are refused too, so a refresh does not help. */
export const refusedInARow = ({ events, grant }: Case): Finding | undefined =>
  grant.refusedInARow < 2
    ? undefined
    : finding(
        "entitlement",
        `The model API refused ${grant.refusedInARow} access tokens in a row, each fresh from the provider: the login works, and its tokens are not taken.`,
        events
          .filter((event) => event.type === "ErrorClassified" && event.data.surface === "api")
          .slice(-grant.refusedInARow)
      )

/** The last that the API said of its access token, if that was a refusal: a bench that ended has not made it good. */
export const refusedLast = ({ credential, events, grant: { current } }: Case): Finding | undefined => {
  const verdict = events.findLast(
    (event): event is Envelope & EventOf<"ErrorClassified"> =>
      event.type === "ErrorClassified" &&
      event.data.surface === "api" &&
      current?.access !== undefined &&
      event.data.generation.access === current.access
  )
  if (verdict === undefined || (credential.lastAcceptedAt ?? 0) > verdict.at) return undefined
  const observed = events.find(({ id }) => id === verdict.data.of)
  const evidence = observed?.type === "ApiOutcomeObserved" ? observed.data.evidence : undefined
  const said = `${evidence === undefined ? "" : ` (${answer(evidence)})`} at ${moment(verdict.at)}`
  switch (verdict.data.verdict) {
    case "GrantRevoked":
      return finding("revoked", `The model API says that the login was ended${said}, and has accepted nothing since.`, [
        observed,
        verdict
      ])
    case "AccessExpired":
      return finding(
        "unknown",
        `The model API refused its access token${said}, and nothing was recorded since that renewed it.`,
        [observed, verdict]
      )
    default:
      return undefined
  }
}
