/** What another course of a history would have changed, and cost, in sentences. */
import type { Because, Change } from "@daybook/pool/replay/Change"
import type { Report } from "@daybook/pool/replay/Report"
import type { DifferenceWords } from "./DifferenceWords.ts"
import { notJudgedText } from "./NotJudgedText.ts"
import { absolute } from "./Time.ts"

export const decisionWords: DifferenceWords = { missing: "would not be decided", added: "would be decided" }

/** What makes a decision come out otherwise. */
export const becauseWords = ({ because }: Change): string => reasons[because._tag](because)

const reasons = {
  Policy: (because: Because) =>
    `by what the policy says of ${because._tag === "Policy" ? because.fields.join(", ") : ""}`,
  Rules: () => "by the rules of today, under the policy of that time too",
  EarlierChange: () => "because of an earlier change"
}

/** What another course would have cost. */
export const costsOf = ({ acceptedCalls, lostLogins, missed }: Report): ReadonlyArray<string> => [
  ...lostLogins.map(
    ({ credential, proof, seq, since }) =>
      `${credential} would have been given up at ${absolute(since)}, and was good: event ${seq} is a ${proof} with it that was ${proof === "call" ? "accepted" : "answered"}.`
  ),
  ...missed
    .slice(0, 5)
    .map(
      ({ credential, seq, until }) =>
        `The refresh that succeeded in event ${seq} (${credential}) would have waited${until === undefined ? "" : ` until ${absolute(until)}`}.`
    ),
  ...(missed.length > 5 ? [`${missed.length - 5} more refreshes succeeded that would have waited.`] : []),
  ...(acceptedCalls.stopped > 0
    ? [`${acceptedCalls.stopped} accepted calls would have found no free credential of their provider.`]
    : [])
]

/** What nobody can know of it. */
export const limitsOf = ({ apart, decisions, sooner }: Report): ReadonlyArray<string> => [
  ...(sooner.refreshes + sooner.calls > 0
    ? [
        `Sooner possible: ${sooner.refreshes} refreshes and ${sooner.calls} calls, whose wait would have been shorter. What they would have met, nobody knows.`
      ]
    : []),
  ...(apart.length > 0
    ? [`Out of comparison at the end: ${apart.join(", ")}. What was recorded of it used tokens that it would not have.`]
    : []),
  ...(decisions.otherwiseToday > 0
    ? [
        `${decisions.otherwiseToday} decisions come out otherwise today under their own policy too; \`daybook replay\` shows which.`
      ]
    : []),
  ...(decisions.underUnknownPolicy > 0
    ? [
        `The policy of ${decisions.underUnknownPolicy} decisions is not in the ledger; they were taken to be under the default.`
      ]
    : []),
  ...(decisions.notJudged.length > 0 ? [`Not decided again: ${notJudgedText(decisions.notJudged)}.`] : [])
]

/** Requests that nobody can say of whether they would have been made. */
export const unknownRequests = ({ acceptedCalls, refreshes, refusedCalls }: Report): ReadonlyArray<string> => {
  const beyond = refreshes.beyond + refusedCalls.beyond + acceptedCalls.beyond
  return beyond === 0
    ? []
    : [`${beyond} of the requests used tokens that the other course does not have; nobody can say what became of them.`]
}
