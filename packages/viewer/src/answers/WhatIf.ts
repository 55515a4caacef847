/** The history up to a cursor under another policy: which requests there would have been, and which decisions. */
import { replayRules } from "@daybook/oauth/ReplayRules"
import type { Policy } from "@daybook/pool/Policy"
import type { Change } from "@daybook/pool/replay/Change"
import type { Report, Requests as Counted } from "@daybook/pool/replay/Report"
import * as Replay from "@daybook/pool/replay/WhatIf"
import { valueText } from "@daybook/words/DifferenceWords"
import { policyIn, presetOf } from "@daybook/words/PolicyText"
import { becauseWords, costsOf, decisionWords, limitsOf, unknownRequests } from "@daybook/words/WhatIfWords"
import { Result } from "effect"
import type { Context } from "../model/Context.ts"
import type { Answers, PolicyChoice, Requests, WhatIfView } from "../Questions.ts"
import { stateBehind, sweep } from "./Reading.ts"
import { Refused } from "./Refused.ts"

type WhatIf = Answers["whatIf"]

/** So many changes are told; they are counted all the same. */
const most = 1_000

export const whatIf = async (
  context: Context,
  { at, policy: choice }: WhatIf["question"]
): Promise<WhatIf["answer"]> => {
  const policy = policyOf(choice)
  const { first } = context
  const start = await stateBehind(context, first - 1, at.now)
  const changes: Array<Change> = []
  const onChange = (change: Change) => void (changes.length < most && changes.push(change))
  const replay = new Replay.WhatIf({ rules: replayRules(), policy, start, onChange })
  await sweep(context, { from: first, to: at.seq }, replay.add)
  return viewOf(replay.end(), changes)
}

const policyOf = (choice: PolicyChoice): Policy => {
  if (choice.name !== "own") {
    const preset = presetOf(choice.name)
    if (preset === undefined) throw new Refused(`There is no policy ${choice.name}.`)
    return preset
  }
  return Result.getOrThrowWith(policyIn(choice.text, "The policy"), (says) => new Refused(says))
}

const viewOf = (report: Report, changes: ReadonlyArray<Change>): WhatIfView => ({
  refreshes: requests(report.refreshes),
  refusedCalls: requests(report.refusedCalls),
  acceptedCalls: requests(report.acceptedCalls),
  dead: requests(report.deadRequests),
  changed: report.decisions.changed,
  unmade: report.decisions.unmade,
  changes: changes.map(changeOf),
  says: [...unknownRequests(report), ...costsOf(report), ...limitsOf(report)]
})

const requests = ({ beyond, recorded, saved }: Counted): Requests => ({
  recorded,
  stillMade: recorded - saved - beyond,
  saved,
  unknown: beyond
})

const changeOf = (change: Change): WhatIfView["changes"][number] => {
  const { at, credential, seq } = change
  return { seq, at, credential, ...sidesOf(change), because: becauseWords(change) }
}

const sidesOf = ({ fields, type }: Change): { readonly recorded: string; readonly otherwise: string } => {
  const [only] = fields
  if (only?.field === "event") {
    return only.now === undefined
      ? { recorded: type, otherwise: decisionWords.missing }
      : { recorded: "nothing was decided", otherwise: `${type} ${decisionWords.added}` }
  }
  const side = (of: "recorded" | "now") => fields.map((field) => `${field.field} ${valueText(field[of])}`).join(", ")
  return { recorded: `${type}: ${side("recorded")}`, otherwise: side("now") }
}
