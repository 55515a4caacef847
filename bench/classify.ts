/**
 * What judging an answer costs, over all recorded answers, beside a bare `JSON.parse` of their bodies.
 *
 *   npm run bench -- classify
 */
import { check, readRow } from "@daybook/oauth/Corpus"
import { explain, explainEvidence } from "@daybook/oauth/Explain"
import { answerOf } from "@daybook/oauth/Corpus"
import { defaultProviders, undefinedProvider } from "@daybook/oauth/Providers"
import { Result } from "effect"
import { readFileSync } from "node:fs"
import { rate, short, table, whole } from "./Measure.ts"

const corpus = new URL("../packages/oauth/test/corpus.jsonl", import.meta.url)
const rows = readFileSync(corpus, "utf8")
  .trim()
  .split("\n")
  .map((line) => Result.getOrThrow(readRow(line)))

const now = Date.parse("2026-06-01T00:00:00.000Z")
const questions = rows.flatMap(({ kind = "oauth", provider, response, surface }) =>
  response === undefined
    ? []
    : [
        {
          surface,
          provider: defaultProviders.find(({ id }) => id === provider) ?? undefinedProvider,
          kind,
          now,
          answer: answerOf(response)
        }
      ]
)
const refusals = questions.flatMap((question) => {
  const explained = explain(question)
  return explained._tag === "Success" ? [] : [{ question, evidence: explained.evidence }]
})

const bodies = questions.map(({ answer }) => String(answer.body))
const parseAll = (): void => {
  for (const body of bodies) Result.try((): unknown => JSON.parse(body))
}
const judgeAll = (): void => {
  for (const { evidence, question } of refusals) explainEvidence(question, evidence)
}
const explainAll = (): void => {
  for (const question of questions) explain(question)
}

const millis = 2_000
const parsed = (await rate(millis, parseAll)) * bodies.length
const judged = (await rate(millis, judgeAll)) * refusals.length
const explained = (await rate(millis, explainAll)) * questions.length
const right = rows.filter((row) => {
  const provider = defaultProviders.find(({ id }) => id === row.provider) ?? undefinedProvider
  return check(row, provider).mismatches.length === 0
})

const line = (name: string, perSecond: number) => [
  name,
  whole(perSecond),
  `${short(1_000_000 / perSecond)} us`,
  `${short(perSecond / parsed)} of JSON.parse`
]

console.log(
  table([
    ["over the corpus", "a second", "each", ""],
    line("JSON.parse of the body", parsed),
    line("verdict on recorded evidence", judged),
    line("answer to evidence and verdict", explained)
  ])
)
console.log(`${right.length} of ${rows.length} recorded answers get the verdict they must`)
