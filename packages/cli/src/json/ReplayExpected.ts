/** The file of `replay --write`, which `replay --assert` reads: what a replay of a ledger came to once. */
import { CredentialId, EventId, LedgerId } from "@daybook/pool/Ids"
import { Schema } from "effect"

/** Of the file; a later one may mean something else by the same fields. */
export const format = 2

const said = (description: string) => ({ description })

const count = Schema.Natural.check(Schema.isGreaterThanOrEqualTo(1))

const DecisionPlace = Schema.Struct({
  seq: count.annotate(said("Of the events after the place before, up to this one")),
  made: Schema.Record(Schema.String, count).annotate(
    said("How many of each kind, such as `ErrorClassified of main`; `, otherwise` of those that came out otherwise")
  )
})

const Divergence = Schema.Struct({
  seq: count,
  credential: Schema.optionalKey(CredentialId),
  type: Schema.String.annotate(said("Of the decision")),
  fields: Schema.Record(Schema.String, Schema.String).annotate(
    said("What came out, by field; long values as SHA-256; `none` of what is not there, of `event` the whole decision")
  )
})

const StatePlace = Schema.Struct({
  seq: count.annotate(said("After this event")),
  changed: Schema.Record(Schema.String, Schema.NullOr(Schema.Record(Schema.String, Schema.String))).annotate(
    said("By thing, such as `credential main`, the fields that changed since the place before; null if it is gone")
  )
})

export const ReplayExpected = Schema.Struct({
  format: Schema.Literal(format),
  ledger: Schema.optionalKey(LedgerId),
  head: Schema.Struct({
    seq: count,
    event: EventId,
    h: Schema.optionalKey(Schema.String).annotate(said("The hash of the chain there, if the ledger ended there"))
  }).annotate(said("The last event that was replayed")),
  classifier: Schema.Natural.annotate(said("Version of the rules that it was made with")),
  judged: Schema.Natural.annotate(said("Decisions that were made again")),
  every: count.annotate(said("A place every so many events")),
  decisions: Schema.Array(DecisionPlace).annotate(said("Places at which decisions were made again")),
  divergences: Schema.Array(Divergence).annotate(said("Decisions that came out otherwise; of many, the first 10,000")),
  states: Schema.Array(StatePlace)
})
export type ReplayExpected = typeof ReplayExpected.Type
