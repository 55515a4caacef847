/**
 * A condition on the state of a pool, such as `main.status == dead` or `count(dead) > 0 && head > 100`: what it is made
 * of, and whether it holds. It reads the state and nothing else, so it means the same wherever it is asked.
 */
import type { CredentialId } from "../../Ids.ts"
import { members, type PoolState } from "../../PoolState.ts"
import { type Field, type PoolField, readField, type Value } from "./Fields.ts"

export type Condition =
  | { readonly _tag: "Or" | "And"; readonly left: Condition; readonly right: Condition }
  | { readonly _tag: "Not"; readonly of: Condition }
  | { readonly _tag: "Compare"; readonly left: Operand; readonly sign: Sign; readonly right: Operand }
  /** An operand by itself: it is there, and neither `no` nor 0. */
  | { readonly _tag: "Is"; readonly of: Operand }

export type Sign = "==" | "!=" | "<" | "<=" | ">" | ">="

export type Operand =
  /** Of a credential, by id or label; without a name of the one that is counted. */
  | { readonly _tag: "Field"; readonly credential: string | undefined; readonly field: Field; readonly text: string }
  | { readonly _tag: "PoolField"; readonly field: PoolField; readonly text: string }
  /** How many members of the pool it holds for. */
  | { readonly _tag: "Count"; readonly of: Condition; readonly text: string }
  | { readonly _tag: "Literal"; readonly value: Value; readonly text: string }

export interface Sight {
  readonly state: PoolState
  /** Of a credential by the name that the condition gives it. */
  readonly idOf: (name: string) => CredentialId | undefined
}

export const holds = (condition: Condition, sight: Sight, counted?: CredentialId): boolean => {
  switch (condition._tag) {
    case "Or":
      return holds(condition.left, sight, counted) || holds(condition.right, sight, counted)
    case "And":
      return holds(condition.left, sight, counted) && holds(condition.right, sight, counted)
    case "Not":
      return !holds(condition.of, sight, counted)
    case "Is":
      return Boolean(valueOf(condition.of, sight, counted))
    case "Compare": {
      const [left, right] = [valueOf(condition.left, sight, counted), valueOf(condition.right, sight, counted)]
      const byPrefix = isFingerprint(condition.left) || isFingerprint(condition.right)
      return byPrefix ? compare[condition.sign](...shortened(left, right)) : compare[condition.sign](left, right)
    }
  }
}

const isFingerprint = (operand: Operand): boolean =>
  operand._tag === "Field" && operand.field.kind._tag === "Fingerprint"

/** People copy the beginning of a fingerprint. */
const shortened = (left: Value, right: Value): readonly [Value, Value] => {
  if (typeof left !== "string" || typeof right !== "string") return [left, right]
  const length = Math.min(left.length, right.length)
  return [left.slice(0, length), right.slice(0, length)]
}

const ordered =
  (isSo: (left: number, right: number) => boolean) =>
  (left: Value, right: Value): boolean =>
    typeof left === "number" && typeof right === "number" && isSo(left, right)

/** What has no value is equal to nothing else, and neither more nor less than anything. */
const compare: Readonly<Record<Sign, (left: Value, right: Value) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": ordered((left, right) => left < right),
  "<=": ordered((left, right) => left <= right),
  ">": ordered((left, right) => left > right),
  ">=": ordered((left, right) => left >= right)
}

const valueOf = (operand: Operand, sight: Sight, counted: CredentialId | undefined): Value => {
  switch (operand._tag) {
    case "Literal":
      return operand.value
    case "PoolField":
      return operand.field.read(sight.state)
    case "Count":
      return members(sight.state).filter(({ id }) => holds(operand.of, sight, id)).length
    case "Field": {
      const id = operand.credential === undefined ? counted : sight.idOf(operand.credential)
      return id === undefined ? undefined : readField(sight.state, id, operand.field)
    }
  }
}

/** Something that a condition compares, and how it stands. */
export interface Reading {
  readonly text: string
  readonly value: Value
  readonly isTime: boolean
}

/** Each once. */
export const readings = (condition: Condition, sight: Sight): ReadonlyArray<Reading> => {
  const all = operandsOf(condition).filter(({ _tag }) => _tag !== "Literal")
  return [...new Map(all.map((operand) => [operand.text, operand])).values()].map((operand) => ({
    text: operand.text,
    value: valueOf(operand, sight, undefined),
    isTime: (operand._tag === "Field" || operand._tag === "PoolField") && operand.field.kind._tag === "Time"
  }))
}

/** Names of credentials in it, as they were typed. */
export const credentialsIn = (condition: Condition): ReadonlyArray<string> => [
  ...new Set(
    operandsOf(condition).flatMap((operand) => {
      if (operand._tag === "Count") return credentialsIn(operand.of)
      return operand._tag === "Field" && operand.credential !== undefined ? [operand.credential] : []
    })
  )
]

const operandsOf = (condition: Condition): ReadonlyArray<Operand> => {
  switch (condition._tag) {
    case "Or":
    case "And":
      return [...operandsOf(condition.left), ...operandsOf(condition.right)]
    case "Not":
      return operandsOf(condition.of)
    case "Is":
      return [condition.of]
    case "Compare":
      return [condition.left, condition.right]
  }
}
