/** `daybook bisect`: the event that made the difference and its cause, every other change, and how sure that is. */
import type { Reading } from "@daybook/pool/queries/condition/Condition"
import type { Flip } from "@daybook/pool/queries/Bisect"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Judge } from "../bisect/Judge.ts"
import type { First, Outcome } from "../bisect/Outcome.ts"
import type { Found } from "../bisect/Search.ts"
import { namesIn } from "@daybook/words/Names"
import type { Paint } from "./Paint.ts"
import { sentenceOf } from "@daybook/words/Sentence"
import { table } from "./Table.ts"
import { absolute } from "@daybook/words/Time"
import { wrap } from "./Wrap.ts"

const columns = 80

/** More changes are counted. */
const mostShown = 20

export const bisectLines = (
  { first, found }: Outcome,
  by: Judge,
  state: PoolState,
  paint: Paint
): ReadonlyArray<string> => [
  ...wrap(`${questionOf(by)} ${verdictOf(found, first)}`, columns),
  ...(first === undefined ? [] : ["", ...evidence(first, state, paint)]),
  ...otherFlips(found, first, paint),
  "",
  ...wrap(surety(found, by), columns).map((line) => paint("faint", line))
]

const questionOf = (by: Judge): string => (by._tag === "Condition" ? by.text : [by.program, ...by.args].join(" "))

const verdictOf = ({ atFrom, atTo, flips, from, isExact, to }: Found, first: First | undefined): string => {
  if (first !== undefined && atFrom === "holds") {
    return `holds at event ${from} already. It ends there, and begins again ${beginning(first.flip)}.`
  }
  if (first !== undefined) return `holds ${beginning(first.flip)}.`
  if (flips.length > 0) return `holds at event ${from} already; it ends later.`
  if (atTo === "holds")
    return `holds at event ${from} already, and never ends${isExact ? "" : " as far as was looked"}.`
  return isExact
    ? `holds at no event from ${from} to ${to}.`
    : `does not hold at event ${from}, nor at ${to}, nor at the events between them that were looked at.`
}

const beginning = ({ after, by }: Flip): string =>
  by - after === 1
    ? `from event ${by} on`
    : `from one of the events ${after + 1} to ${by} on; those before ${by} could not be judged`

const evidence = ({ before, cause, event, since }: First, state: PoolState, paint: Paint): ReadonlyArray<string> => [
  ...eventLines("event", event, state, paint),
  ...(cause === undefined ? [] : eventLines("led to by", cause, state, paint)),
  ...(since.length === 0 ? [] : ["", ...compared(before, since, paint)])
]

const eventLines = (title: string, event: Recorded, state: PoolState, paint: Paint): ReadonlyArray<string> => {
  const names = namesIn(state)
  const about = names.credential(event)
  const indent = " ".repeat(11)
  return [
    `${paint("strong", title.padEnd(9))}  ${event.seq}, ${absolute(event.at)}${about === undefined ? "" : `, ${about}`}`,
    ...wrap(sentenceOf(event, names), columns - indent.length).map((line) => `${indent}${line}`)
  ]
}

const compared = (before: ReadonlyArray<Reading>, since: ReadonlyArray<Reading>, paint: Paint): ReadonlyArray<string> =>
  table(
    ["", "BEFORE", "SINCE"],
    since.map((reading, place) => [reading.text, inWords(before[place]), inWords(reading)]),
    paint
  )

const inWords = (reading: Reading | undefined): string => {
  const value = reading?.value
  if (value === undefined) return "none"
  if (reading?.isTime === true && typeof value === "number") return absolute(value)
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value)
}

/** It is not so that it begins once and stays. */
const otherFlips = ({ flips }: Found, first: First | undefined, paint: Paint): ReadonlyArray<string> => {
  const others = flips.filter((flip) => flip !== first?.flip)
  if (others.length === 0) return []
  const shown = others.slice(0, mostShown)
  const hidden = others.length - shown.length
  return [
    "",
    paint("waiting", first === undefined ? "It does not stay so:" : "It does not begin once and stay:"),
    ...shown.map(({ after, by, holds }) => `  ${placeOf(after, by)}  ${holds ? "holds again" : "holds no more"}`),
    ...(hidden === 0 ? [] : [`  and ${hidden} more changes; --json has them all`])
  ]
}

const placeOf = (after: number, by: number): string =>
  by - after === 1 ? `event ${by}` : `between events ${after} and ${by}`

const surety = ({ isExact, judged, search, from, to }: Found, by: Judge): string => {
  const looked = `${judged === 1 ? "1 event was" : `${judged} events were`} looked at`
  if (isExact) return `${looked}, each from ${from} to ${to}: this is exact.`
  if (search === "every event")
    return `${looked}, each from ${from} to ${to}; the command could not judge some of them.`
  const dear = by._tag === "Command" ? ", and runs the command for each" : ""
  return `${looked} of ${to - from + 1}, by halving: taken for granted is that it changes once between two of them that differ. --all looks at every event${dear}.`
}
