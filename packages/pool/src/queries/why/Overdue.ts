/** A login whose time is over although nobody has refused it yet. */
import { type Case, type Finding, finding } from "./Case.ts"
import { brings } from "./Chain.ts"
import { deadlineAt } from "./Deadline.ts"
import { restOf } from "./Rest.ts"
import { moment } from "./Words.ts"

export const overdue = (one: Case): Finding | undefined => {
  const { credential, events, grant, now } = one
  const { current } = grant
  if (current === undefined) return undefined
  const brought = events.findLast((event) => brings(event, current, "access"))
  const { deadline = 0, expiresAt, refresh } = current
  switch (deadlineAt(one, now, restOf(one, current, now))) {
    case "of the login":
      return finding("expired", `The whole login ended at ${moment(deadline)}, whatever is refreshed.`, [brought])
    case "of the token":
      return finding("idle", `The refresh token was good until ${moment(deadline)} and was not used.`, [brought])
    default:
  }
  if (expiresAt === undefined || expiresAt > now) return undefined
  const ended = `Its access token ended at ${moment(expiresAt)}`
  if (credential.ownership === "borrowed") {
    return finding("expired", `${ended}, and only the program that owns it renews it.`, [brought])
  }
  return refresh === undefined
    ? finding("expired", `${ended}, and it came without a refresh token to renew it.`, [brought])
    : undefined
}
