/** `daybook diff`: of each credential what changed, as it was and as it became, under the events that changed it. */
import type { Axes, AxisName } from "@daybook/pool/queries/Axes"
import type { Blame, Blamed, Change, Difference } from "@daybook/pool/queries/Diff"
import type { SummaryWord } from "@daybook/pool/queries/Status"
import { axisNames, axisTitles, axisWords, type Telling, titleWidth } from "@daybook/words/AxisWords"
import { words as typeWords } from "@daybook/words/TypeWords"
import type { Names } from "@daybook/words/Names"
import type { Paint } from "./Paint.ts"
import { nameOf } from "./StatusLines.ts"
import { absolute } from "@daybook/words/Time"
import { paintWord } from "./Word.ts"
import { wrap } from "./Wrap.ts"

const columns = 80
const indent = " ".repeat(titleWidth + 4)

export const diffLines = (differences: ReadonlyArray<Difference>, names: Names, paint: Paint): ReadonlyArray<string> =>
  differences.length === 0
    ? ["Nothing changed."]
    : differences.flatMap((difference, place) => [
        ...(place === 0 ? [] : [""]),
        ...linesOf(difference, { names, time: absolute }, paint)
      ])

const linesOf = (difference: Difference, telling: Telling, paint: Paint): ReadonlyArray<string> => {
  const { after, before, changes, credential, label, provider } = difference
  const name = nameOf({ id: credential, label })
  return [
    `${paint("strong", name)}, ${provider}: ${whatOf(difference, paint)}`,
    ...axisNames
      .flatMap((name) => changes.filter(({ axis }) => axis === name))
      .flatMap((change) => changeLines(change, before?.axes, after.axes, telling, paint))
  ]
}

const whatOf = ({ after, before, what }: Difference, paint: Paint): string => {
  const word = (one: SummaryWord | undefined) => (one === undefined ? "" : paintWord(one, paint))
  switch (what) {
    case "joined":
      return `joined the pool, now ${word(after.word)}`
    case "left":
      return `left the pool, was ${word(before?.word)}`
    case "passed":
      return "joined the pool and left it again"
    case "changed":
      return before?.word === after.word ? `still ${word(after.word)}` : `${word(before?.word)} -> ${word(after.word)}`
  }
}

const changeLines = (
  { axis, by }: Change,
  before: Axes | undefined,
  after: Axes,
  telling: Telling,
  paint: Paint
): ReadonlyArray<string> => {
  const [first = "", ...rest] = [
    ...(before === undefined ? [] : wordsOf(axis, before, "", telling)),
    ...wordsOf(axis, after, before === undefined ? "" : "-> ", telling),
    ...blameLines(by, telling).map((line) => paint("faint", line))
  ]
  return [`  ${axisTitles[axis].padEnd(titleWidth)}  ${first}`, ...rest.map((line) => `${indent}${line}`)]
}

const wordsOf = (axis: AxisName, axes: Axes, lead: string, telling: Telling): ReadonlyArray<string> => {
  const [first = "", ...rest] = wrap(axisWords(axis, axes, telling), columns - indent.length - 3)
  return [`${lead}${first}`, ...rest.map((line) => `${" ".repeat(lead.length)}${line}`)]
}

const blameLines = ({ count, newest }: Blame, telling: Telling): ReadonlyArray<string> => {
  if (count === 0) return ["by time alone"]
  const earlier = count - newest.length
  return [
    ...(earlier === 0 ? [] : [`by ${earlier} ${earlier === 1 ? "event" : "events"} before, and`]),
    ...newest.flatMap((event) => wrap(blamedWords(event, telling), columns - indent.length))
  ]
}

const blamedWords = ({ actor, seq, type }: Blamed, { names }: Telling): string =>
  `by event ${seq}, ${typeWords(type)}, of ${names.actor(actor)}`
