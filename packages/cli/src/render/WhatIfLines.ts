/** `daybook what-if`: the decisions that would be otherwise, what that saves and costs, and what nobody can say. */
import type { CredentialTimes, Report, Requests } from "@daybook/pool/replay/Report"
import type { WhatIfAnswer } from "../json/WhatIf.ts"
import { differingLines } from "./DifferenceLines.ts"
import { duration } from "@daybook/words/Duration"
import type { Paint } from "./Paint.ts"
import { table } from "./Table.ts"
import { becauseWords, costsOf, decisionWords, limitsOf } from "@daybook/words/WhatIfWords"
import { wrap } from "./Wrap.ts"

const columns = 80

export interface WhatIfView extends WhatIfAnswer {
  /** As the policy was named; without one, the rules of today are asked. */
  readonly named: string | undefined
  readonly head: number
  /** Every change is shown. */
  readonly all: boolean
}

/** So many changes are shown unless all are asked for. */
const shown = 20

export const whatIfLines = (view: WhatIfView, paint: Paint): ReadonlyArray<string> => [
  ...heading(view),
  "",
  ...changesIn(view, paint),
  "",
  ...requests(view.report, paint),
  ...times(view.report.times, paint),
  ...remarks(view.report, paint)
]

const heading = ({ classifier, from, head, named }: WhatIfView): ReadonlyArray<string> =>
  wrapped(
    named === undefined
      ? `Events ${from} to ${head}, decided again by the rules of today (classifier ${classifier}).`
      : `Events ${from} to ${head}, decided again under ${named}.`
  )

const changesIn = ({ all, changes, report }: WhatIfView, paint: Paint): ReadonlyArray<string> => {
  const { changed, judged, unmade } = report.decisions
  const left = changed - Math.min(changed, all ? changes.length : Math.min(shown, changes.length))
  const more = left === 0 ? [] : [`  and ${left} more${all ? "" : "; --all shows each"}`]
  if (changed === 0) return wrapped(`None of ${judged} decisions would be otherwise.`)
  return [
    ...wrapped(
      `${changed} of the decisions would be otherwise, ${unmade} would not be made for want of what they follow from:`
    ),
    ...changes
      .slice(0, all ? changes.length : shown)
      .flatMap((change) => differingLines(change, decisionWords, becauseWords(change), paint)),
    ...more
  ]
}

const requests = (report: Report, paint: Paint): ReadonlyArray<string> =>
  table(
    ["REQUESTS", "RECORDED", "STILL MADE", "SAVED", "UNKNOWN"],
    [
      row("with a dead login", report.deadRequests),
      row("refreshes", report.refreshes),
      row("calls that were refused", report.refusedCalls),
      row("calls that were accepted", report.acceptedCalls)
    ],
    paint
  )

const row = (name: string, { beyond, recorded, saved }: Requests): ReadonlyArray<string> => [
  name,
  ...[recorded, recorded - saved - beyond, saved, beyond].map(String)
]

const times = (all: ReadonlyArray<CredentialTimes>, paint: Paint): ReadonlyArray<string> => {
  const changed = all.filter(({ recorded, would }) => JSON.stringify(recorded) !== JSON.stringify(would))
  if (changed.length === 0) return []
  const rows = changed.map(({ credential, recorded, would }) => [
    credential,
    ...(["ready", "benched", "dead"] as const).map((axis) => change(recorded[axis], would[axis]))
  ])
  return ["", ...table(["CREDENTIAL", "READY", "BENCHED", "DEAD"], rows, paint)]
}

const change = (recorded: number, would: number): string =>
  recorded === would ? duration(recorded) : `${duration(recorded)} -> ${duration(would)}`

const remarks = (report: Report, paint: Paint): ReadonlyArray<string> => {
  const found = [
    ...costsOf(report).map((text) => [text, "bad"] as const),
    ...limitsOf(report).map((text) => [text] as const)
  ]
  return found.flatMap(([text, tone]) => ["", ...wrapped(text).map((line) => (tone ? paint(tone, line) : line))])
}

const wrapped = (text: string): ReadonlyArray<string> => wrap(text, columns)
