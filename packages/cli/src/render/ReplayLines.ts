/** `daybook replay`: how many decisions come out as recorded, which do not, and the first state that is another one. */
import type { ReplayAnswer } from "../json/Replay.ts"
import { differingLines } from "./DifferenceLines.ts"
import { notJudgedText } from "@daybook/words/NotJudgedText"
import type { Paint } from "./Paint.ts"
import { unexpectedLines, words } from "./UnexpectedLines.ts"
import { wrap } from "./Wrap.ts"

const columns = 80

export interface ReplayView extends ReplayAnswer {
  readonly head: number
  /** Every divergence is shown. */
  readonly all: boolean
}

const shown = 20

export const replayLines = (view: ReplayView, paint: Paint): ReadonlyArray<string> => [
  ...wrapped(`Events up to ${view.head}, decided again by the rules of today (classifier ${view.classifier}).`),
  "",
  ...decisions(view, paint),
  ...expectations(view, paint),
  ...limits(view)
]

const decisions = (
  { all, compared, diverged, divergences, judged }: ReplayView,
  paint: Paint
): ReadonlyArray<string> => {
  if (diverged === 0) return wrapped(asRecorded(judged))
  const known = compared === undefined ? "" : " Those that the expected file names are among them."
  const few = divergences.slice(0, all ? divergences.length : shown)
  return [
    ...wrapped(`${diverged} of ${judged} decisions come out otherwise than recorded:${known}`),
    ...few.flatMap((divergence) => differingLines(divergence, words, undefined, paint)),
    ...(few.length < diverged ? [`  and ${diverged - few.length} more${all ? "" : "; --all shows each"}`] : [])
  ]
}

const asRecorded = (judged: number): string => {
  if (judged === 0) return "There is no decision that can be made again."
  return judged === 1 ? "The one decision comes out as recorded." : `All ${judged} decisions come out as recorded.`
}

const expectations = ({ compared, head, unexpected }: ReplayView, paint: Paint): ReadonlyArray<string> =>
  compared === undefined ? [] : ["", ...unexpectedLines(compared, unexpected, head, paint)]

const limits = ({ notJudged, underUnknownPolicy }: ReplayView): ReadonlyArray<string> => [
  ...(underUnknownPolicy > 0
    ? ["", ...wrapped(`The policy of ${underUnknownPolicy} of them is not in the ledger; the default was taken.`)]
    : []),
  ...(notJudged.length > 0 ? ["", ...wrapped(`Not judged: ${notJudgedText(notJudged)}.`)] : [])
]

const wrapped = (text: string): ReadonlyArray<string> => wrap(text, columns)
