/** `daybook classify`: what an answer means, the rule that says so, and what would be recorded of it. */
import type { Explanation, Refusal } from "@daybook/oauth/Explain"
import { conclusionOf, conditionOf } from "@daybook/oauth/RuleText"
import { classifierVersion } from "@daybook/oauth/Rules"
import type { Evidence } from "@daybook/pool/Evidence"
import { format, type Instant } from "@daybook/pool/Instant"
import type { QuotaWindow } from "@daybook/pool/QuotaWindow"
import type { ApiVerdict, TokenVerdict } from "@daybook/pool/Verdict"
import type { Again } from "../ClassifyAgain.ts"
import { meaningOf } from "@daybook/words/Meaning"
import type { Paint } from "./Paint.ts"
import { moment } from "@daybook/words/Time"

export const explanationLines = (
  explained: Explanation,
  windows: ReadonlyArray<QuotaWindow>,
  now: Instant,
  paint: Paint
): ReadonlyArray<string> =>
  explained._tag === "Success"
    ? [`${paint("good", "Success")}${explained.rotated ? ", with a new refresh token" : ""}`, ...quota(windows, now)]
    : [...refusalLines(explained, now, paint), ...quota(windows, now)]

const refusalLines = (refusal: Refusal, now: Instant, paint: Paint): ReadonlyArray<string> => {
  const { evidence, rule, successor, verdict } = refusal
  const { until } = verdict.verdict === "Terminal" ? { until: undefined } : verdict
  return [
    paint(isDeath(verdict) ? "bad" : "waiting", conclusionOf(rule)),
    `  ${meaningOf(verdict)}`,
    ...(successor ? ["  A new refresh token came with it: that one is kept, and sent next."] : []),
    ...(until === undefined ? [] : [row("not before", moment(until, now))]),
    row("rule", `${rule.id}, version ${rule.version}; classifier ${classifierVersion}`),
    row("matches", conditionOf(rule.when)),
    row("known from", rule.source),
    row("evidence", evidenceText(evidence))
  ]
}

const isDeath = ({ verdict }: TokenVerdict | ApiVerdict): boolean =>
  verdict === "Terminal" || verdict === "GrantRevoked"

const row = (about: string, says: string): string => `  ${about.padEnd("known from".length)}  ${says}`

/** What would be recorded of it. */
const evidenceText = ({ left, retryAfter, ...evidence }: Evidence): string =>
  [
    ...Object.entries(evidence).map(([name, value]) => `${name} ${name === "message" ? JSON.stringify(value) : value}`),
    ...(retryAfter === undefined ? [] : [`retryAfter ${format(retryAfter)}`]),
    left ? "the request left" : "nothing was sent"
  ].join("; ")

const quota = (windows: ReadonlyArray<QuotaWindow>, now: Instant): ReadonlyArray<string> =>
  windows.map(({ name, resetsAt, usedPercent }) =>
    row(
      "quota",
      `${name} ${usedPercent} % used${resetsAt === undefined ? "" : `, free again ${moment(resetsAt, now)}`}`
    )
  )

export const againLines = (again: Again, paint: Paint): ReadonlyArray<string> => {
  const { at, classifier, provider, recorded, seq, today } = again
  return [
    `Event ${seq}, ${at}, of ${provider}`,
    row("then", recorded === undefined ? "nothing concluded yet" : recordedText(recorded)),
    row("now", `${verdictText(today.verdict)} (rule ${today.rule.id}, classifier ${classifier})`),
    ...(recorded === undefined ? [] : [comparison(again, paint)])
  ]
}

const comparison = (again: Again, paint: Paint): string =>
  isSame(again) ? "  The verdict is the same." : `  ${paint("waiting", "Another verdict than then.")}`

const recordedText = ({ classifier, reason, rule, verdict }: NonNullable<Again["recorded"]>): string =>
  `${[verdict, reason].filter((part) => part !== undefined).join(" ")} (rule ${rule}, classifier ${classifier})`

const verdictText = (verdict: TokenVerdict | ApiVerdict): string =>
  "reason" in verdict ? `${verdict.verdict} ${verdict.reason}` : verdict.verdict

/** A refusal of a replay is recorded as a lost answer, whatever its rule says. */
export const isSame = ({ recorded, today }: Again): boolean =>
  recorded?.verdict === today.verdict.verdict &&
  (recorded.reason === reasonOf(today.verdict) || recorded.reason === "ResponseLost")

const reasonOf = (verdict: TokenVerdict | ApiVerdict) => ("reason" in verdict ? verdict.reason : undefined)
