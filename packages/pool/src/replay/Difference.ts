/**
 * How two decisions differ, field by field. Ids are left out, and what only says who decided: the classifier's version.
 */
import { Equal } from "effect"
import type { EventType } from "../Event.ts"
import type { Draft, Recorded } from "../Recorded.ts"

export interface FieldDifference {
  /** Such as `until`; of an event that one side lacks, its type stands in `event`. */
  readonly field: string
  readonly recorded: unknown
  readonly now: unknown
}

/** One decision that is not what it was: another value, missing, or one more. */
export interface Difference {
  readonly type: EventType
  readonly fields: ReadonlyArray<FieldDifference>
}

type Decision = Draft | Recorded

/** In the order of what was recorded; then what is more now. */
export const differences = (
  recorded: ReadonlyArray<Decision>,
  now: ReadonlyArray<Decision>
): ReadonlyArray<Difference> => {
  const left = [...now]
  const found = recorded.flatMap((before): ReadonlyArray<Difference> => {
    const place = left.findIndex((after) => placeOf(after) === placeOf(before))
    const [after] = place < 0 ? [] : left.splice(place, 1)
    const fields = after === undefined ? [absent(before, "recorded")] : fieldsOf(before, after)
    return fields.length === 0 ? [] : [{ type: typeOf(before), fields }]
  })
  return [...found, ...left.map((after) => ({ type: typeOf(after), fields: [absent(after, "now")] }))]
}

export const isSameDecision = (recorded: ReadonlyArray<Decision>, now: ReadonlyArray<Decision>): boolean =>
  differences(recorded, now).length === 0

const typeOf = ({ type }: Decision): EventType => type as EventType

/** What makes two decisions of one act the same one. */
const placeOf = (decision: Decision): string => {
  const credential = "credential" in decision ? decision.credential : ""
  return JSON.stringify([decision.type, credential, (decision.data as { readonly model?: string }).model ?? ""])
}

const absent = (decision: Decision, on: "recorded" | "now"): FieldDifference => ({
  field: "event",
  recorded: on === "recorded" ? decision.type : undefined,
  now: on === "now" ? decision.type : undefined
})

/** Of an event, not of a verdict. */
const leftOut: ReadonlySet<string> = new Set(["classifier", "of", "grant"])

const fieldsOf = (before: Decision, after: Decision): ReadonlyArray<FieldDifference> => {
  const [one, other] = [valuesOf(before), valuesOf(after)]
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((field) => !leftOut.has(field) && !Equal.equals(one.get(field), other.get(field)))
    .map((field) => ({ field, recorded: one.get(field), now: other.get(field) }))
}

/** A field that says `undefined` is one that is not there. */
const valuesOf = ({ data }: Decision): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(data).filter(([, value]) => value !== undefined))
