/**
 * A decision that comes out otherwise, and what makes it so: fields of the policy, the rules, or an earlier change.
 */
import type { EventType } from "../Event.ts"
import type { CredentialId } from "../Ids.ts"
import type { Instant } from "../Instant.ts"
import type { Policy } from "../Policy.ts"
import type { PoolState } from "../PoolState.ts"
import type { Draft, Recorded } from "../Recorded.ts"
import type { Act } from "./Act.ts"
import { decide } from "./Decide.ts"
import type { Luck } from "./Decided.ts"
import { type Difference, differences, type FieldDifference, isSameDecision } from "./Difference.ts"
import { differingFields } from "./Policies.ts"
import { draftsOf } from "./Recover.ts"
import type { Rules } from "./Rules.ts"

export interface Change {
  readonly seq: number
  readonly at: Instant
  readonly credential: CredentialId | undefined
  readonly type: EventType
  /** `now` is what it would be. */
  readonly fields: ReadonlyArray<FieldDifference>
  readonly because: Because
}

export type Because =
  /** Each of these alone would change it; if none does, these together. */
  | { readonly _tag: "Policy"; readonly fields: ReadonlyArray<keyof Policy> }
  /** The rules of today, under the policy of that time. */
  | { readonly _tag: "Rules" }
  /** The pool is in another state by then. */
  | { readonly _tag: "EarlierChange" }

export interface Circumstances {
  readonly act: Act
  /** The recorded state on which it was decided. */
  readonly state: PoolState
  readonly luck: Luck
  readonly rules: Rules
  readonly recorded: Policy
  readonly other: Policy
}

type Decisions = ReadonlyArray<Draft | Recorded>

export const changesIn = (from: Decisions, to: Decisions, circumstances: Circumstances): ReadonlyArray<Change> => {
  const found = differences(from, to)
  if (found.length === 0) return []
  const because = becauseOf(from, circumstances)
  return found.map((difference) => ({ ...placeOf(circumstances.act, difference), ...difference, because }))
}

const placeOf = (act: Act, { type }: Difference) => {
  const { at, seq } = act.find((event) => event.type === type) ?? act[act.length - 1] ?? act[0]
  const credential = act.flatMap((event) => ("credential" in event && event.credential ? [event.credential] : []))[0]
  return { seq, at, credential }
}

const becauseOf = (from: Decisions, circumstances: Circumstances): Because => {
  const { other, recorded } = circumstances
  const changes = (policy: Policy) => !isSameDecision(from, decisionsUnder(policy, circumstances))
  const fields = differingFields(recorded, other)
  const alone = fields.filter((field) => changes({ ...recorded, [field]: other[field] }))
  if (alone.length > 0 && !changes(recorded)) return { _tag: "Policy", fields: alone }
  if (fields.length > 0 && changes(other) && !changes(recorded)) return { _tag: "Policy", fields }
  return changes(recorded) ? { _tag: "Rules" } : { _tag: "EarlierChange" }
}

const decisionsUnder = (policy: Policy, { act, luck, rules, state }: Circumstances): Decisions => {
  const decided = decide(state, act, { ...luck, policy, rules })
  return decided._tag === "Decided" ? draftsOf(decided) : []
}
