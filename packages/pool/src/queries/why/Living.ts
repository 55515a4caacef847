/** Why a login that is not dead cannot be used, or is not refreshed: a doubt, a bench, a wait; or that nothing is wrong. */
import { bringerOf, type PoolState } from "../../PoolState.ts"
import { cooling } from "./Benched.ts"
import { type Case, type Finding, finding } from "./Case.ts"
import { isDoubtAbout } from "./Chain.ts"
import { overdue } from "./Overdue.ts"
import { racedLast } from "./Race.ts"
import { refusedInARow, refusedLast } from "./Refused.ts"
import { eventsOf, sendingsIn } from "./Sendings.ts"
import { waiting } from "./Waiting.ts"
import { actorName, answer, moment } from "./Words.ts"

export const judgeLiving = (one: Case): Finding =>
  one.grant.health._tag === "Suspect"
    ? inDoubt(one)
    : (cooling(one) ??
      unanswered(one) ??
      waiting(one) ??
      overdue(one) ??
      refusedInARow(one) ??
      refusedLast(one) ??
      blocked(one) ??
      racedLast(one) ??
      healthy(one))

const inDoubt = ({ events, grant, state, status }: Case): Finding => {
  const doubt = events.findLast((event) => isDoubtAbout(event, grant.current ?? {}))
  const lost =
    doubt && sendingsIn(events).find(({ classified, ended }) => ended?.id === doubt.id || classified?.id === doubt.id)
  const sender = lost === undefined ? "A process" : actorName(state, lost.started.actor)
  const when = moment(lost?.started.at ?? status.since ?? doubt?.at ?? 0)
  const came =
    lost?.ended?.type === "RefreshFailed"
      ? `got no clear answer (${answer(lost.ended.data.evidence)})`
      : "its answer was lost with the process"
  const says = `${sender} sent the refresh token at ${when} and ${came}; the token may be spent.`
  return finding("answer-lost", says, lost === undefined ? [doubt] : eventsOf(lost))
}

/** The time in which an answer could have come is over, and nobody has said what became of the attempt. */
const unanswered = ({ grant: { open }, events, now, state }: Case): Finding | undefined => {
  if (open === undefined || open.at + open.timeLimit > now) return undefined
  const says = `${actorName(state, open.actor)} sent the refresh token at ${moment(open.at)}, and nothing was recorded of its answer: the process ended before it came, or with it.`
  return finding(
    "answer-lost",
    says,
    events.filter(({ id }) => id === open.event)
  )
}

const blocked = ({ events, grant }: Case): Finding | undefined =>
  grant.blocked
    ? finding(
        "unknown",
        "A newer version of Daybook wrote something about it that this one cannot read; until this one is updated, it decides nothing about it.",
        events.filter(({ type }) => type === "Unknown").slice(-1)
      )
    : undefined

export const healthy = (one: Case): Finding => {
  const { credential, grant } = one
  if (grant.unclassified !== undefined) {
    return finding(
      "unknown",
      `A refresh failed at ${moment(grant.unclassified.at)} (${answer(grant.unclassified.evidence)}), and what that means was not recorded yet.`
    )
  }
  const { lastAcceptedAt } = credential
  const brought = grant.lineage.at(-1)
  if (brought === undefined) return finding("unknown", "Nobody has seen tokens of it yet.")
  const proof =
    lastAcceptedAt !== undefined && lastAcceptedAt >= brought.at
      ? `the model API accepted it last at ${moment(lastAcceptedAt)}`
      : `its present tokens came at ${moment(brought.at)}, from ${nameOfBringer(one.state, grant)}`
  return finding("healthy", `Nothing is wrong with it: ${proof}.`)
}

const nameOfBringer = (state: PoolState, grant: Case["grant"]): string => {
  const bringer = bringerOf(grant)
  return bringer === undefined ? "somebody" : actorName(state, bringer)
}
