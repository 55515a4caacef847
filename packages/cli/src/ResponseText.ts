/**
 * One answer as a person has it: as `curl -i` prints it, as a JSON object with status, headers and body, or as a line of
 * a corpus.
 */
import { answerOf, faults, RecordedResponse } from "@daybook/oauth/Corpus"
import type { TransportFault } from "@daybook/oauth/Explain"
import type { Answer } from "@daybook/oauth/ParseAnswer"
import { Result, Schema } from "effect"

export type Given = Answer | TransportFault

const Wrapped = Schema.Struct({ response: RecordedResponse })
const Faulted = Schema.Struct({ fault: Schema.Literals(Object.keys(faults) as ReadonlyArray<keyof typeof faults>) })

const decode = Schema.decodeUnknownResult(Schema.Union([RecordedResponse, Wrapped, Faulted]))

/** What is wrong with a text that is none of these, as the end of a sentence about it. */
export const read = (text: string): Result.Result<Given, string> => {
  if (text.trim() === "") return Result.fail("is empty")
  if (/^HTTP\/\d/.test(text)) return readHttp(text)
  const json = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(json)) return Result.fail("begins neither with HTTP/ nor is it JSON")
  return Result.mapBoth(decode(json.success), {
    onFailure: () => "is JSON, but has no status, headers and body",
    onSuccess: givenBy
  })
}

const givenBy = (given: RecordedResponse | typeof Wrapped.Type | typeof Faulted.Type): Given => {
  if ("fault" in given) return faults[given.fault]
  return answerOf("response" in given ? given.response : given)
}

const head = /^HTTP\/\d(?:\.\d)? +(\d{3})[^\n]*\n((?:[^\r\n]+\r?\n)*)\r?(?:\n|$)/

/** Of several answers the last counts: an interim one, or a proxy's, comes before it. */
const readHttp = (text: string): Result.Result<Given, string> => {
  const match = head.exec(text.endsWith("\n") ? text : `${text}\n`)
  if (match === null) return Result.fail("has no status line and headers that can be read")
  const [all, status = "", fields = ""] = match
  const body = text.slice(all.length)
  return /^HTTP\/\d/.test(body)
    ? readHttp(body)
    : Result.succeed({ status: Number(status), headers: headersIn(fields), body })
}

const headersIn = (fields: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fields.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(":")
      return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]]
    })
  )
