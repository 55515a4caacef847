/**
 * One answer as a person has it: as `curl -i` prints it, as a JSON object with status, headers and body, or as a line of
 * a corpus.
 */
import { answerOf, FaultName, faults, RecordedResponse, Row } from "@daybook/oauth/Corpus"
import type { TransportFault } from "@daybook/oauth/Explain"
import type { Answer } from "@daybook/oauth/ParseAnswer"
import { Result, Schema } from "effect"

export interface Given {
  readonly answer: Answer | TransportFault
  /** What a line of a corpus says of it; the others leave that open. */
  readonly about: About
}

export type About = Partial<Pick<Row, "surface" | "provider" | "kind" | "now">>

const { kind, now, provider, surface } = Row.fields
const about = {
  surface: Schema.optionalKey(surface),
  provider: Schema.optionalKey(provider),
  kind,
  now
}
const Wrapped = Schema.Struct({ ...about, response: RecordedResponse })
const Faulted = Schema.Struct({ ...about, fault: FaultName })

const decode = Schema.decodeUnknownResult(Schema.Union([RecordedResponse, Wrapped, Faulted]))

/** What is wrong with a text that is none of these, as the end of a sentence about it. */
export const read = (input: string): Result.Result<Given, string> => {
  const text = input.trimStart()
  if (text === "") return Result.fail("is empty")
  if (/^HTTP\/\d/.test(text)) return Result.map(readHttp(text), (answer) => ({ answer, about: {} }))
  const json = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(json)) return Result.fail("begins neither with HTTP/ nor is it JSON")
  return Result.mapBoth(decode(json.success), {
    onFailure: () => "is JSON, but without a status (a number), headers (texts by name) and a body (one text)",
    onSuccess: givenBy
  })
}

const givenBy = (given: RecordedResponse | typeof Wrapped.Type | typeof Faulted.Type): Given => {
  if ("fault" in given) {
    const { fault, ...about } = given
    return { answer: faults[fault], about }
  }
  if (!("response" in given)) return { answer: answerOf(given), about: {} }
  const { response, ...about } = given
  return { answer: answerOf(response), about }
}

/** Of several answers the last counts: an interim one, or a proxy's, comes before it. */
const readHttp = (text: string): Result.Result<Answer, string> => {
  let answer = httpIn(text)
  if (answer === undefined) return Result.fail("has no status line that can be read")
  for (let next = httpIn(answer.body); next !== undefined; next = httpIn(answer.body)) answer = next
  return Result.succeed(answer)
}

/** Nothing if it does not begin with a status line. What is cut off before the blank line has no body. */
const httpIn = (text: string) => {
  const status = /^HTTP\/\d(?:\.\d)? +([1-9]\d\d)(?!\d)/.exec(text)?.[1]
  if (status === undefined) return undefined
  const blank = /\r?\n\r?\n/.exec(text)
  const end = blank?.index ?? text.length
  const body = text.slice(end + (blank?.[0].length ?? 0))
  return { status: Number(status), headers: headersIn(text.slice(0, end)), body }
}

/** A folded line belongs to the one before it (RFC 9112 section 5.2); repeated fields are one list (RFC 9110 section 5.3). */
const headersIn = (head: string): Readonly<Record<string, string>> => {
  const [, ...lines] = head.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/)
  const fields = lines.map((line) => ({ line, colon: line.indexOf(":") })).filter(({ colon }) => colon > 0)
  const byName = Map.groupBy(fields, ({ colon, line }) => line.slice(0, colon).trim().toLowerCase())
  const valueOf = ({ colon, line }: (typeof fields)[number]) => line.slice(colon + 1).trim()
  return Object.fromEntries(Array.from(byName, ([name, same]) => [name, same.map(valueOf).join(", ")]))
}
