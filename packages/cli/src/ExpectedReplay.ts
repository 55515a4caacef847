/**
 * What a replay of a ledger came to once, in a file beside it: which decisions were made again, which came out otherwise
 * even then, and the states at regular places. A later replay is compared with it.
 */
import type { DecisionPlace } from "@daybook/pool/replay/DecisionTrace"
import type { KeptDivergence } from "@daybook/pool/replay/KeptDivergence"
import type { Place } from "@daybook/pool/replay/StateTrace"
import { Effect, type Option, Predicate, Result, Schema, SchemaIssue, type Stdio } from "effect"
import { hash } from "node:crypto"
import * as Destination from "./Destination.ts"
import { exitCodes } from "./ExitCode.ts"
import { format, ReplayExpected } from "./json/ReplayExpected.ts"
import { nameOf, readText } from "./ReadText.ts"
import { Stop } from "./Stop.ts"

export type Expected = ReplayExpected

export const digest = (text: string): string => `sha256:${hash("sha256", text, "base64url")}`

/** So many places at most. */
const most = 1_000

export const every = (events: number): number => Math.max(1, Math.ceil(events / most))

export const write = (path: Option.Option<string>, expected: Omit<Expected, "format">) =>
  Effect.scoped(Effect.flatMap(Destination.open(path), (put) => put(textOf({ format, ...expected }))))

/** A line for each place, so that a difference between two files is readable. */
const textOf = ({ decisions, divergences, states, ...rest }: Expected): string => {
  const lines = (items: ReadonlyArray<unknown>) =>
    items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
  const fields = Object.entries(rest).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  const all = [
    ...fields,
    `  "decisions": ${lines(decisions satisfies ReadonlyArray<DecisionPlace>)}`,
    `  "divergences": ${lines(divergences satisfies ReadonlyArray<KeptDivergence>)}`,
    `  "states": ${lines(states satisfies ReadonlyArray<Place>)}`
  ]
  return `{\n${all.join(",\n")}\n}\n`
}

export const read = Effect.fnUntraced(function* (named: string): Effect.fn.Return<Expected, Stop, Stdio.Stdio> {
  const path = nameOf(named)
  const text = yield* Effect.mapError(readText(named), ({ why }) =>
    wrong(`There is nothing to compare with at ${path} (${why}). ${first}`)
  )
  const json = Result.try(() => JSON.parse(text) as unknown)
  if (Result.isFailure(json)) return yield* wrong(`${path} is not JSON. ${remedy}`)
  const other = formatOf(json.success)
  if (other !== undefined) return yield* wrong(`${path} ${other}. ${remedy}`)
  const decoded = decode(json.success)
  if (Result.isFailure(decoded)) return yield* wrong(`${path}: ${flawIn(decoded.failure.issue)}. ${remedy}`)
  return decoded.success
})

const decode = Schema.decodeUnknownResult(ReplayExpected)

/** What another version wrote, or something else altogether. */
const formatOf = (json: unknown): string | undefined => {
  if (!Predicate.hasProperty(json, "format")) return "is no file of `daybook replay --write`: it has no field `format`"
  if (json.format === format) return undefined
  return typeof json.format === "number"
    ? `is of format ${json.format}, and this version of Daybook reads format ${format}`
    : "is no file of `daybook replay --write`: its field `format` is not a number"
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Which field, and what is wrong with it. */
const flawIn = (issue: SchemaIssue.Issue): string => {
  const [{ message, path = [] } = { message: "cannot be read" }] = issuesOf(issue).issues
  const steps = path.map((step) => String(Predicate.isObject(step) && "key" in step ? step.key : step))
  return `${steps.length === 0 ? "it" : steps.join(".")}: ${message.replace(/\.$/, "")}`
}

const first = "Make one with `daybook replay --write FILE`."
const remedy = "Make a new one with `daybook replay --write FILE`."

const wrong = (message: string): Stop => new Stop({ exitCode: exitCodes.usage, message })
