/** `daybook show`: the pool, or all axes of one credential, as they stood at a moment. Times are counted from it. */
import type { Instant } from "@daybook/pool/Instant"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Axes } from "@daybook/pool/queries/Axes"
import type { CredentialStatus, PoolStatus } from "@daybook/pool/queries/Status"
import { axisNames, axisTitles, axisWords, titleWidth } from "@daybook/words/AxisWords"
import { namesIn } from "@daybook/words/Names"
import type { Paint } from "./Paint.ts"
import { count, factsOf, nameOf, unknownLines } from "./StatusLines.ts"
import { moment as momentOf } from "@daybook/words/Time"
import { paintWord } from "./Word.ts"
import { wrap } from "./Wrap.ts"

const columns = 80
const underName = " ".repeat(11)

export const showLines = (status: PoolStatus, now: Instant, paint: Paint): ReadonlyArray<string> => {
  const { credentials } = status
  const providers = [...new Set(credentials.map(({ provider }) => provider))]
  return [
    ...(credentials.length === 0 ? ["No credential was in the pool."] : []),
    ...providers.flatMap((provider) => {
      const rows = credentials.filter((row) => row.provider === provider).map(rowOf)
      return [`${paint("strong", provider)}  ${count(rows)}`, ...rows.flatMap((row) => lineOf(row, now, paint))]
    }),
    ...unknownLines(status, paint)
  ]
}

/** Nothing can be done about the past. */
const rowOf = (credential: CredentialStatus) => ({ ...credential, todo: undefined })

const lineOf = (row: ReturnType<typeof rowOf>, now: Instant, paint: Paint): ReadonlyArray<string> => {
  const word = paintWord(row.word, paint) + " ".repeat("cooling".length - row.word.length)
  return [`  ${word}  ${nameOf(row)}`, ...indented(factsOf(row, now))]
}

export const showCredentialLines = (
  row: CredentialStatus,
  axes: Axes,
  state: PoolState,
  now: Instant,
  paint: Paint
): ReadonlyArray<string> => {
  const telling = { names: namesIn(state), time: (instant: Instant) => momentOf(instant, now) }
  const word = axes.membership.inPool ? paintWord(row.word, paint) : paint("faint", "removed")
  return [
    `${paint("strong", nameOf(rowOf(row)))}, ${row.provider}: ${word}`,
    ...(row.sameAccountAs === undefined ? [] : indented(factsOf(rowOf(row), now))),
    ...axisNames.flatMap((name) => axisLines(axisTitles[name], axisWords(name, axes, telling), paint))
  ]
}

const axisLines = (title: string, words: string, paint: Paint): ReadonlyArray<string> => {
  const [first = "", ...rest] = wrap(words, columns - titleWidth - 4)
  return [
    `  ${paint("faint", title.padEnd(titleWidth))}  ${first}`,
    ...rest.map((line) => `${" ".repeat(titleWidth + 4)}${line}`)
  ]
}

const indented = (text: string): ReadonlyArray<string> =>
  text === "" ? [] : wrap(text, columns - underName.length).map((line) => `${underName}${line}`)
