/** Why a login that lives is not refreshed now: what its last refresh was answered, and whether that still counts. */
import { providerById } from "../../PoolState.ts"
import type { TransientReason } from "../../Verdict.ts"
import type { CauseWord } from "../Cause.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { eventsOf, sendingsIn } from "./Sendings.ts"
import { answer, moment } from "./Words.ts"

type Waits = { readonly [Reason in TransientReason]?: readonly [CauseWord, string] }

const waits: Waits = {
  Network: ["unknown", "The provider could not be reached; nothing was sent"],
  RateLimited: ["quota", "The provider's token endpoint was asked too often"],
  ServerError: ["unknown", "The provider's token endpoint failed"],
  EdgeBlocked: ["unknown", "Something before the provider answered in its place"],
  OutcomeUnknown: ["unknown", "A refresh got no readable answer; this provider takes its token again"],
  Misconfigured: ["misconfigured", "The provider refused the request itself, as it would refuse it for any login"],
  Denied: ["entitlement", "The provider says that this account may not do this; a new login would not help"],
  Unrecognized: ["unknown", "The provider gave an answer that no rule knows"]
}

/** A wait that has ended counts for as long as the access token is over, too: nothing has renewed it since. */
export const waiting = (one: Case): Finding | undefined => {
  const { events, grant, now, status } = one
  const reason = status.reason ?? (isOver(one) ? grant.backoff?.reason : undefined)
  if (reason === undefined) return outage(one)
  const last = sendingsIn(events).findLast(({ classified }) => classified?.data.reason === grant.backoff?.reason)
  const failed = last?.ended?.type === "RefreshFailed" ? ` (${answer(last.ended.data.evidence)})` : ""
  const [cause, what] = known(waits, reason) ?? ["unknown", `It is not refreshed: ${reason}`]
  const retryAt = grant.backoff?.retryAt
  const when =
    retryAt === undefined ? "" : retryAt > now ? `; not again before ${moment(retryAt)}` : "; nothing was sent since"
  return finding(cause, `${what}${failed}${when}.`, last === undefined ? [] : eventsOf(last))
}

const isOver = ({ grant: { current }, now }: Case): boolean =>
  current?.expiresAt !== undefined && current.expiresAt <= now

const outage = ({ credential: { provider }, now, state }: Case): Finding | undefined => {
  const { retryAt } = providerById(state, provider)
  const says = `Several logins of ${provider} get the same answer that no rule knows`
  return retryAt !== undefined && retryAt > now
    ? finding("unknown", `${says}; nothing is sent before ${moment(retryAt)}.`)
    : undefined
}

const known = (all: Waits, reason: string): readonly [CauseWord, string] | undefined =>
  Object.entries(all).find(([name]) => name === reason)?.[1]
