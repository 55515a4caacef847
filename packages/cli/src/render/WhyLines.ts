/** `daybook why`: the cause first, then what led to it from the root on, what else shows it, and what to do. */
import type { PoolState } from "@daybook/pool/PoolState"
import type { CauseWord } from "@daybook/pool/queries/Cause"
import { type Answer, besides } from "@daybook/pool/queries/Why"
import type { Recorded } from "@daybook/pool/Recorded"
import type { NextStep } from "@daybook/words/NextStep"
import { asOf } from "./AsOfLines.ts"
import { commandLines } from "./CommandLines.ts"
import { namesIn } from "@daybook/words/Names"
import type { Paint, Tone } from "./Paint.ts"
import { sentenceOf } from "@daybook/words/Sentence"
import { absolute, moment, span } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

const columns = 80

export interface WhyView {
  readonly answer: Answer
  readonly state: PoolState
  /** The moment that is looked at. */
  readonly at: number
  readonly next: NextStep
}

export const whyLines = ({ answer, at, next, state }: WhyView, paint: Paint): ReadonlyArray<string> => [
  ...heading(answer, paint),
  paint("faint", `as of ${asOf({ state, at })}`),
  ...chainLines(answer, state, paint),
  ...besideLines(answer, state, paint),
  ...beforeLines(answer, at, paint),
  "",
  ...nextLines(next, paint)
]

const tones: Readonly<Record<CauseWord, Tone>> = {
  raced: "bad",
  replayed: "bad",
  "answer-lost": "bad",
  revoked: "bad",
  expired: "bad",
  idle: "bad",
  quota: "waiting",
  misconfigured: "bad",
  entitlement: "waiting",
  unknown: "waiting",
  healthy: "good",
  operator: "said"
}

const heading = ({ credential, field, finding, value }: Answer, paint: Paint): ReadonlyArray<string> => {
  const name = `${credential.id}${field === "status" ? ` (${credential.provider})` : `.${field}`}`
  const title = wrap(`${name} is ${value ?? "not set"}`, columns).map((line) => paint("strong", line))
  const [first = "", ...more] = wrap(`${finding.cause}: ${finding.says}`, columns)
  return [...title, paint(tones[finding.cause], finding.cause) + first.slice(finding.cause.length), ...more]
}

const chainLines = ({ chain, finding: { cause }, setter }: Answer, state: PoolState, paint: Paint) => {
  if (chain.links.length === 0) return setter === undefined ? notHere(cause) : []
  const first =
    chain.outside === undefined
      ? []
      : [`  ${paint("faint", `(its cause, event ${chain.outside}, is not in this ledger)`)}`]
  const events = chain.links.map(({ event }) => event)
  return [
    "",
    paint("faint", "How it came about"),
    ...first,
    ...events.flatMap((event, place) => eventLines(event, events[place - 1], state, paint))
  ]
}

const notHere = (cause: CauseWord): ReadonlyArray<string> =>
  cause === "healthy" ? [] : ["", "What set it is older than the events that can be read here."]

const besideLines = (answer: Answer, state: PoolState, paint: Paint): ReadonlyArray<string> => {
  const events = besides(answer)
  return events.length === 0
    ? []
    : [
        "",
        paint("faint", "What else shows it"),
        ...events.flatMap((event) => eventLines(event, undefined, state, paint))
      ]
}

/** Its place, its time, how long after the one before, and what it says. */
const eventLines = (
  event: Recorded,
  before: Recorded | undefined,
  state: PoolState,
  paint: Paint
): ReadonlyArray<string> => {
  const gap = before === undefined ? "" : gapOf(event.at - before.at)
  const place = `  ${String(event.seq).padStart(6)}  ${absolute(event.at)}${gap === "" ? "" : `  ${gap}`}`
  return [
    paint("faint", place),
    ...wrap(sentenceOf(event, namesIn(state)), columns - 10).map((line) => `          ${line}`)
  ]
}

/** Clocks of two machines may disagree. */
const gapOf = (millis: number): string => (millis < 1_000 ? "" : `${span(millis) ?? ""} later`)

const beforeLines = ({ before }: Answer, at: number, paint: Paint): ReadonlyArray<string> => {
  if (before === undefined) return []
  const { cause, says } = before.finding
  return [
    "",
    paint("faint", `What was wrong last, as of event ${before.event.seq}, ${moment(before.event.at, at)}`),
    ...wrap(`${cause}: ${says}`, columns)
  ]
}

const nextLines = ({ command, says }: NextStep, paint: Paint): ReadonlyArray<string> => {
  const [first = "", ...more] = wrap(`Next: ${says}`, columns)
  const sentence = [paint("strong", "Next:") + first.slice(5), ...more]
  return command === undefined
    ? sentence
    : [...sentence, ...commandLines(command, "  ").map((line) => paint("strong", line))]
}
