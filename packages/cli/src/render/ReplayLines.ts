/** `daybook replay`: how many decisions come out as recorded, which do not, and the first state that is another one. */
import type { StateDivergence } from "@daybook/pool/replay/StateTrace"
import type { ReplayAnswer } from "../json/Replay.ts"
import { differingLines } from "./DifferenceLines.ts"
import { notJudgedText } from "@daybook/words/NotJudgedText"
import type { Paint } from "./Paint.ts"
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
  ...states(view, paint),
  ...limits(view)
]

const decisions = ({ all, diverged, divergences, judged, places }: ReplayView, paint: Paint): ReadonlyArray<string> => {
  if (diverged === 0) return wrapped(`All ${judged} decisions come out as recorded.`)
  const known = places === undefined ? "" : " Those that the expected file names are among them."
  const few = divergences.slice(0, all ? divergences.length : shown)
  return [
    ...wrapped(`${diverged} of ${judged} decisions come out otherwise than recorded:${known}`),
    ...few.flatMap((divergence) => differingLines(divergence, words, undefined, paint)),
    ...(few.length < diverged ? [`  and ${diverged - few.length} more${all ? "" : "; --all shows each"}`] : [])
  ]
}

const words = { missing: "recorded, and not decided now", added: "decided now, and not recorded" }

const states = ({ places, unexpected: { decision, state } }: ReplayView, paint: Paint): ReadonlyArray<string> => {
  if (places === undefined) return []
  if (decision === undefined && state === undefined) {
    return ["", ...wrapped(`The states at ${places} places, and what diverges, are as expected.`)]
  }
  const isDecision = decision !== undefined && (state === undefined || decision.seq <= state.seq)
  return isDecision
    ? ["", "The first that is not as expected is a decision:", ...differingLines(decision, words, undefined, paint)]
    : ["", "The first that is not as expected is a state:", ...(state === undefined ? [] : stateLines(state, paint))]
}

const stateLines = ({ fields, seq, thing }: StateDivergence, paint: Paint): ReadonlyArray<string> => [
  `  ${paint("strong", String(seq))}  ${thing}, after this event`,
  ...fields.flatMap(({ field, now, recorded }) =>
    wrap(`${field}: ${textOf(recorded)} -> ${textOf(now)}`, columns - 6).map((line) => `      ${line}`)
  )
]

/** A field that only one side changed at this place. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : "as before")

const limits = ({ notJudged, underUnknownPolicy }: ReplayView): ReadonlyArray<string> => [
  ...(underUnknownPolicy > 0
    ? ["", ...wrapped(`The policy of ${underUnknownPolicy} of them is not in the ledger; the default was taken.`)]
    : []),
  ...(notJudged.length > 0 ? ["", ...wrapped(`Not judged: ${notJudgedText(notJudged)}.`)] : [])
]

const wrapped = (text: string): ReadonlyArray<string> => wrap(text, columns)
