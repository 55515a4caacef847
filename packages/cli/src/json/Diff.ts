/** What `diff --json` answers: what changed between two moments, credential by credential. */
import { ActorId, CredentialId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { AxisName } from "@daybook/pool/queries/Axes"
import type { Blame as BlameOf, Difference as DifferenceOf, Standing } from "@daybook/pool/queries/Diff"
import { Schema, Struct } from "effect"
import type { History, Standing as Standpoint } from "../History.ts"
import { Axes } from "./Axes.ts"
import { basisFields, basisOf } from "./Basis.ts"
import { Word } from "./Show.ts"

const said = (description: string) => ({ description })

/** The axes that differ, and the word. */
const Side = Schema.Struct({ word: Schema.optional(Word), ...Axes.mapFields(Struct.map(Schema.optional)).fields })

const Blame = Schema.Struct({
  count: Schema.Natural.annotate(said("How many events changed the axis; 0 if time alone did")),
  newest: Schema.Array(Schema.Struct({ seq: Seq, at: Instant, type: Schema.String, actor: ActorId })).annotate(
    said("The newest four of them")
  )
})

const Difference = Schema.Struct({
  credential: CredentialId,
  provider: Schema.String,
  label: Schema.optional(Schema.String),
  what: Schema.Literals(["joined", "left", "passed", "changed"]).annotate(said("`passed`: joined and left in between")),
  before: Schema.optional(Side).annotate(said("Of each axis that differs, how it was")),
  after: Side.annotate(said("Of each axis that differs, how it became")),
  by: Schema.Record(Schema.String, Blame).annotate(said("Of each axis that differs, the events that changed it"))
})

export const Diff = Schema.Struct({
  ...basisFields,
  from: Schema.Struct({ seq: Seq, at: Instant }).annotate(said("The earlier moment; the later one is in `ledger`")),
  differences: Schema.Array(Difference)
})

export const diffJson = (
  history: Pick<History, "damage">,
  from: Standpoint,
  to: Standpoint,
  differences: ReadonlyArray<DifferenceOf>
): typeof Diff.Type => ({
  ...basisOf({ ...history, ...to }),
  from: { seq: from.state.head, at: from.at },
  differences: differences.map(differenceJson)
})

const differenceJson = ({ after, before, changes, credential, label, provider, what }: DifferenceOf) => {
  const names = changes.map(({ axis }) => axis)
  return {
    credential,
    provider,
    label,
    what,
    before: before && sideOf(before, names),
    after: sideOf(after, names),
    by: Object.fromEntries(changes.map(({ axis, by }): [AxisName, BlameOf] => [axis, by]))
  }
}

const sideOf = ({ axes, word }: Standing, names: ReadonlyArray<AxisName>) => ({ word, ...Struct.pick(axes, names) })
