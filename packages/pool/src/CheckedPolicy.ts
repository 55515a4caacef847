/**
 * A whole policy from the fields that a program sets otherwise. What could not be decided by is refused before anything
 * is opened, with the field's name.
 */
import { Data, Formatter, Predicate, Result, Schema, SchemaIssue } from "effect"
import { defaults, Policy } from "./Policy.ts"

/** A field of a policy that does not exist, or whose value makes no sense. */
export class InvalidPolicy extends Data.TaggedError("InvalidPolicy")<{
  /** Such as `strategy` or `backoff.first`. */
  readonly field: string
  readonly problem: string
}> {
  override get message(): string {
    return `policy.${this.field} ${this.problem}. Correct it; docs/policy.md has every field and what it takes.`
  }
}

/**
 * The defaults, and in their place what is given; a field that is `undefined` is not given.
 * @throws InvalidPolicy
 */
export const checkedPolicy = (given?: Partial<Policy>): Policy => {
  const said = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  const policy = check({ ...defaults, ...Object.fromEntries(said) })
  const endless = neverNone.find((field) => policy[field] === 0)
  if (endless !== undefined) throw new InvalidPolicy({ field: endless, problem: "is 0, and must be 1 at least" })
  return policy
}

/** With none of it, no refresh could succeed, one would follow the other without a pause, or nobody would be preferred. */
const neverNone = ["timeLimit", "upkeepEvery", "leaseMost"] as const

const decode = Schema.decodeUnknownResult(Schema.toType(Policy), { onExcessProperty: "error" })

const unknownField = "is no field of a policy"
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (leaf) => (leaf._tag === "UnexpectedKey" ? unknownField : SchemaIssue.defaultLeafHook(leaf))
})

const check = (whole: object): Policy => {
  const decoded = decode(whole)
  if (Result.isSuccess(decoded)) return decoded.success
  const [{ message, path = [] } = { message: "cannot be read" }] = issuesOf(decoded.failure.issue).issues
  const steps = path.map((step) => (typeof step === "object" ? step.key : step))
  const value = steps.reduce<unknown>((at, step) => (Predicate.isObjectOrArray(at) ? Reflect.get(at, step) : at), whole)
  throw new InvalidPolicy({ field: steps.map(String).join("."), problem: problemOf(value, message) })
}

const problemOf = (value: unknown, message: string): string => {
  if (message === unknownField) return message
  return value === undefined ? "is missing" : `is ${Formatter.format(value)}. ${message}`
}
