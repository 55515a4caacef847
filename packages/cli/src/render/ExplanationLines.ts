/** `daybook explain`: the candidates in the order in which they would be asked, each with its reason. */
import type { Instant } from "@daybook/pool/Instant"
import type { Candidate, Explanation } from "@daybook/pool/queries/Explain"
import type { Row } from "../PoolView.ts"
import { beginWith } from "../FirstSteps.ts"
import type { Paint } from "./Paint.ts"
import { moment } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

const columns = 80
const indent = "     "

/** Labels are the stores' own, where `rows` have them. */
export const explanationLines = (
  explanation: Explanation,
  rows: ReadonlyArray<Pick<Row, "id" | "label">>,
  now: Instant,
  paint: Paint
): ReadonlyArray<string> => {
  const { candidates, model, provider, strategy } = explanation
  if (candidates.length === 0)
    return [`No credential of "${provider}" is in this pool. ${beginWith(provider)} puts one there.`]
  const about = model === undefined ? "" : `, for ${model}`
  return [
    `${paint("strong", provider)}${about}, by strategy ${strategy}`,
    ...candidates.flatMap((candidate, place) => linesOf(candidate, place + 1, rows, paint)),
    ...(explanation.served === undefined ? [nobody(explanation, now)] : [])
  ]
}

const linesOf = (
  candidate: Candidate,
  place: number,
  rows: ReadonlyArray<Pick<Row, "id" | "label">>,
  paint: Paint
): ReadonlyArray<string> => {
  const { credential, text, why } = candidate
  const label = rows.find(({ id }) => id === credential)?.label ?? candidate.label
  const name = label === undefined || label === credential ? credential : `${credential} (${label})`
  const tone = why === undefined ? "good" : isAsked(candidate) ? "said" : "waiting"
  return [
    `  ${isAsked(candidate) ? place : "-"}  ${name}`,
    ...wrap(text, columns - indent.length).map((line) => `${indent}${paint(tone, line)}`)
  ]
}

/** If those before it have nothing to give. */
const isAsked = ({ why }: Candidate): boolean => why === undefined || asked.has(why._tag)

const asked: ReadonlySet<NonNullable<Candidate["why"]>["_tag"]> = new Set([
  "AtLeaseCap",
  "LowerPriority",
  "EnrolledLater",
  "NotItsTurn",
  "MoreUsed",
  "NotDrawn",
  "ResetsLater"
] as const)

const nobody = ({ until }: Explanation, now: Instant): string =>
  until === undefined
    ? "None would be served; a person has to act first."
    : `None would be served before ${moment(until, now)}.`
