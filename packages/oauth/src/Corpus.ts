/**
 * Recorded answers and the verdict that each must get, a JSON object a line. Whoever meets an answer that is judged
 * wrongly adds a line, and every later version is held to it.
 */
import { Result, Schema, SchemaIssue } from "effect"
import type { Instant } from "@daybook/pool/Instant"
import { explain, type Explanation, type TransportFault } from "./Explain.ts"
import { parseJson } from "./internal/Json.ts"
import type { Answer } from "./ParseAnswer.ts"
import type { Provider } from "./Provider.ts"

/** Before dispatch: `dns`, `connect-refused`, `tls-handshake`, `connect-timeout`; the rest after it. */
export const faults = {
  dns: { fault: "ENOTFOUND", left: false },
  "connect-refused": { fault: "ECONNREFUSED", left: false },
  "tls-handshake": { fault: "CERT_HAS_EXPIRED", left: false },
  "connect-timeout": { fault: "UND_ERR_CONNECT_TIMEOUT", left: false },
  "reset-before-response": { fault: "ECONNRESET", left: true },
  "timeout-after-send": { fault: "timeout", left: true },
  "body-cut": { fault: "body-cut", left: true, status: 200 }
} as const satisfies Readonly<Record<string, TransportFault>>

export const FaultName = Schema.Literals(Object.keys(faults) as ReadonlyArray<keyof typeof faults>)

/** On one line, and harmless on a terminal. */
const Name = Schema.String.check(
  Schema.makeFilter((text) => /^[^\p{Cc}]{1,200}$/u.test(text) || "expected one line of 1 to 200 printable characters")
)

/** Names of headers may be in any case. */
export const RecordedResponse = Schema.Struct({
  status: Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 999 })),
  headers: Schema.Record(Schema.String, Schema.String),
  body: Schema.String
})
export type RecordedResponse = typeof RecordedResponse.Type

const Moment = Schema.String.check(
  Schema.makeFilter((text) => !Number.isNaN(Date.parse(text)) || "expected an instant in ISO 8601")
)

/** An instant, or `+Ns` from `now`. */
const Until = Schema.String.check(
  Schema.makeFilter((text) => untilIn(text, 0) !== undefined || "expected an instant in ISO 8601, or +Ns from now")
)

export const Row = Schema.Struct({
  id: Name,
  surface: Schema.Literals(["token", "api"]),
  provider: Name,
  kind: Schema.optionalKey(Schema.Literals(["oauth", "apiKey"])),
  /** When the answer came, where a time matters. */
  now: Schema.optionalKey(Moment),
  response: Schema.optionalKey(RecordedResponse),
  fault: Schema.optionalKey(FaultName),
  /** What is absent is not checked, but for `until` (on rows of an API), `scope` and `confirm`. */
  expect: Schema.Struct({
    verdict: Name,
    reason: Schema.optionalKey(Name),
    confirm: Schema.optionalKey(Schema.Boolean),
    until: Schema.optionalKey(Until),
    scope: Schema.optionalKey(Name),
    successor: Schema.optionalKey(Schema.Boolean)
  }),
  note: Schema.optionalKey(Schema.String)
}).check(
  Schema.makeFilter(({ fault, response }) =>
    (fault === undefined) === (response === undefined) ? "expected a response or a fault, and one of them only" : true
  )
)
export type Row = typeof Row.Type

/** What stands in the row and what came out; `undefined` is "none". */
export interface Mismatch {
  readonly field: "verdict" | "reason" | "confirm" | "until" | "scope" | "successor"
  readonly expected: string | undefined
  readonly got: string | undefined
}

export interface Checked {
  readonly row: Row
  /** Id of the rule that fired; none if the answer was taken as a success. */
  readonly rule: string | undefined
  readonly mismatches: ReadonlyArray<Mismatch>
}

/** A misspelt expectation would never be checked. */
const decodeRow = Schema.decodeUnknownResult(Row, { onExcessProperty: "error" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Says which field is wrong and how, without repeating its value. */
export const readRow = (line: string): Result.Result<Row, string> =>
  Result.mapError(parseJson(line), () => "it is no JSON").pipe(
    Result.flatMap((json) =>
      Result.mapError(decodeRow(json), ({ issue }) => {
        const [first] = issuesOf(issue).issues
        const field = (first?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".")
        const why = (first?.message ?? "wrong type").replace(/^[A-Z]/, (letter) => letter.toLowerCase())
        return [field, why]
          .filter((part) => part !== "")
          .join(": ")
          .replaceAll(/\p{Cc}/gu, " ")
      })
    )
  )

/** `provider` is the definition that goes with the row, or one without rules of its own. */
export const check = (row: Row, provider: Provider): Checked => {
  const now = nowOf(row)
  const explained = explain({
    surface: row.surface,
    provider,
    kind: row.kind ?? "oauth",
    now,
    answer: row.response === undefined ? faults[row.fault ?? "dns"] : answerOf(row.response)
  })
  const got = outcomeOf(explained)
  const mismatches = expectationsOf(row, now)
    .filter(({ expected, field }) => expected !== got[field])
    .map(({ expected, field }) => ({ field, expected, got: got[field] }))
  return { row, rule: explained._tag === "Success" ? undefined : explained.rule.id, mismatches }
}

/** As the parser wants it: names of headers in lower case. */
export const answerOf = ({ body, headers, status }: RecordedResponse): Answer => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  body
})

const nowOf = ({ now }: Row): Instant => Date.parse(now ?? "2026-06-01T00:00:00.000Z")

const untilIn = (text: string, now: Instant): Instant | undefined => {
  const seconds = /^\+(\d{1,9}(?:\.\d{1,3})?)s$/.exec(text)?.[1]
  const instant = seconds === undefined ? Date.parse(text) : now + Number(seconds) * 1000
  return Number.isNaN(instant) ? undefined : instant
}

type Outcome = Readonly<Record<Mismatch["field"], string | undefined>>

const outcomeOf = (explained: Explanation): Outcome => {
  const none = { reason: undefined, confirm: "false", until: undefined, scope: "credential", successor: "false" }
  if (explained._tag === "Success") return { ...none, verdict: "Success" }
  const { successor, verdict } = explained
  return {
    verdict: verdict.verdict,
    reason: "reason" in verdict ? verdict.reason : undefined,
    confirm: String("confirm" in verdict && verdict.confirm),
    until: "until" in verdict && verdict.until !== undefined ? isoOf(verdict.until) : undefined,
    scope: "scope" in verdict ? verdict.scope : "credential",
    successor: String(successor)
  }
}

const isoOf = (instant: Instant): string => new Date(instant).toISOString()

interface Expectation {
  readonly field: Mismatch["field"]
  readonly expected: string | undefined
}

/** What is absent is left out, but for the fields that mean something by their absence. */
const expectationsOf = ({ expect, surface }: Row, now: Instant): ReadonlyArray<Expectation> => {
  const { confirm, reason, scope, successor, until, verdict } = expect
  const instant = until === undefined ? undefined : untilIn(until, now)
  const all: ReadonlyArray<Expectation & { readonly isAsked: boolean }> = [
    { field: "verdict", expected: verdict, isAsked: true },
    { field: "confirm", expected: String(confirm ?? false), isAsked: true },
    { field: "scope", expected: scope ?? "credential", isAsked: true },
    { field: "reason", expected: reason, isAsked: reason !== undefined },
    { field: "successor", expected: String(successor), isAsked: successor !== undefined },
    {
      field: "until",
      expected: instant === undefined ? undefined : isoOf(instant),
      isAsked: until !== undefined || surface === "api"
    }
  ]
  return all.filter(({ isAsked }) => isAsked)
}
