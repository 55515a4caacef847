/** The first thing in which a replay is not what it was when the expected file was made: a decision, or a state. */
import type { CountDivergence } from "@daybook/pool/replay/DecisionTrace"
import type { KeptDivergence } from "@daybook/pool/replay/KeptDivergence"
import type { Divergence } from "@daybook/pool/replay/Replay"
import type { StateDivergence } from "@daybook/pool/replay/StateTrace"
import type { DifferenceWords } from "@daybook/words/DifferenceWords"
import type { ReplayAnswer } from "../json/Replay.ts"
import { differingLines } from "./DifferenceLines.ts"
import type { Paint } from "./Paint.ts"
import { wrap } from "./Wrap.ts"

const columns = 80

/** How a decision is told that only one of recording and replay has. */
export const words: DifferenceWords = {
  missing: "recorded, and not decided now",
  added: "decided now, and not recorded"
}

export interface Compared {
  readonly places: number
  /** A place every so many events. */
  readonly every: number
}

export const unexpectedLines = (
  { every, places }: Compared,
  unexpected: ReplayAnswer["unexpected"],
  head: number,
  paint: Paint
): ReadonlyArray<string> => {
  const [first] = foundIn(unexpected, every, head, paint).toSorted((a, b) => a.seq - b.seq)
  if (first === undefined) {
    return wrap(`The states at ${places} places, and what diverges, are as expected.`, columns)
  }
  return [...wrap(`The first that is not as expected is ${first.what}:`, columns), ...first.lines]
}

interface Found {
  readonly seq: number
  readonly what: string
  readonly lines: ReadonlyArray<string>
}

/** Of the same event, a decision is told rather than the number or the state that follows. */
const foundIn = (
  { decision, formerly, made, state }: ReplayAnswer["unexpected"],
  every: number,
  head: number,
  paint: Paint
): ReadonlyArray<Found> => [
  ...(decision === undefined ? [] : [appeared(decision, formerly, paint)]),
  ...(decision === undefined && formerly !== undefined ? [vanished(formerly, paint)] : []),
  ...(made === undefined ? [] : [counted(made, every, head, paint)]),
  ...(state === undefined ? [] : [{ seq: state.seq, what: "a state", lines: stateLines(state, paint) }])
]

const appeared = (decision: Divergence, formerly: KeptDivergence | undefined, paint: Paint): Found => ({
  seq: decision.seq,
  what: "a decision",
  lines: [
    ...differingLines(decision, words, undefined, paint),
    ...(formerly === undefined
      ? []
      : ["It came out like this when the file was made:", ...formerLines(formerly, paint)])
  ]
})

const vanished = (formerly: KeptDivergence, paint: Paint): Found => ({
  seq: formerly.seq,
  what: "a decision that came out otherwise when the file was made, and comes out as recorded now",
  lines: formerLines(formerly, paint)
})

const formerLines = ({ credential, fields, seq, type }: KeptDivergence, paint: Paint): ReadonlyArray<string> => [
  `  ${paint("strong", String(seq))}  ${[credential, type].filter(Boolean).join("  ")}`,
  ...Object.entries(fields).flatMap(([field, value]) => indented(formerText(field, value)))
]

const formerText = (field: string, value: string): string => {
  if (field !== "event") return `${field}: ${value}`
  return value === "none" ? "recorded, and not decided then" : "decided then, and not recorded"
}

const counted = ({ kind, now, seq, was }: CountDivergence, every: number, head: number, paint: Paint): Found => {
  const last = Math.min(seq, head)
  const place = every === 1 ? String(seq) : `${seq - every + 1} to ${last}`
  return {
    seq: last,
    what:
      now < was
        ? "a decision that was made again when the file was made, and is not now"
        : "a decision that is made again now, and was not when the file was made",
    lines: [`  ${paint("strong", place)}  ${kind}`, ...indented(`made again then: ${was}, now: ${now}`)]
  }
}

const stateLines = ({ fields, seq, thing }: StateDivergence, paint: Paint): ReadonlyArray<string> => [
  `  ${paint("strong", String(seq))}  ${thing}, after this event`,
  ...fields.flatMap(({ field, now, recorded }) => indented(`${field}: ${textOf(recorded)} -> ${textOf(now)}`))
]

/** A field that only one side changed at this place. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : "as before")

const indented = (text: string): ReadonlyArray<string> => wrap(text, columns - 6).map((line) => `      ${line}`)
