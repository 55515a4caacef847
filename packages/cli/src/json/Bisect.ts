/** What `bisect --json` answers. */
import { Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Reading } from "@daybook/pool/queries/condition/Condition"
import { Schema } from "effect"
import type { Judge } from "../bisect/Judge.ts"
import type { Outcome } from "../bisect/Outcome.ts"
import type { History } from "../History.ts"
import { basisFields, basisOf } from "./Basis.ts"
import { EventDocument, eventDocument } from "./Event.ts"

const said = (description: string) => ({ description })

const Answer = Schema.Literals(["holds", "fails", "unknown"]).annotate(
  said("unknown: the command could not tell (exit code 125)")
)

const Values = Schema.Record(
  Schema.String,
  Schema.NullOr(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
).annotate(said("What the condition compares, as it stood; null if it had no value"))

const First = Schema.Struct({
  after: Seq.annotate(said("The last event before, at which it does not hold")),
  seq: Seq.annotate(said("It holds after this event; the first to do so if `after` is the one before it")),
  event: EventDocument,
  cause: Schema.optionalKey(EventDocument.annotate(said("The event that led to it"))),
  before: Schema.optionalKey(Values),
  since: Schema.optionalKey(Values)
})

export const Bisect = Schema.Struct({
  ...basisFields,
  condition: Schema.optionalKey(Schema.String),
  command: Schema.optionalKey(Schema.Array(Schema.String)),
  from: Seq,
  to: Seq,
  search: Schema.Literals(["halving", "every event"]).annotate(
    said("halving: taken for granted is that it changes once between two events where it was seen to be different")
  ),
  exact: Schema.Boolean.annotate(said("Every event from `from` to `to` was judged")),
  judged: Schema.Int.annotate(said("How many events were judged")),
  atFrom: Answer,
  atTo: Answer,
  first: Schema.optionalKey(First).annotate(said("Where it begins to hold; absent if it was never seen to")),
  flips: Schema.Array(Schema.Struct({ after: Seq, seq: Seq, holds: Schema.Boolean })).annotate(
    said("Every change that was seen, in order: until `after` it was otherwise, from `seq` on it is so")
  )
})

export const bisectJson = (history: History, by: Judge, { first, found }: Outcome): typeof Bisect.Type => ({
  ...basisOf(history),
  ...(by._tag === "Condition" ? { condition: by.text } : { command: [by.program, ...by.args] }),
  from: found.from,
  to: found.to,
  search: found.search,
  exact: found.isExact,
  judged: found.judged,
  atFrom: found.atFrom,
  atTo: found.atTo,
  ...(first === undefined
    ? {}
    : {
        first: {
          after: first.flip.after,
          seq: first.flip.by,
          event: eventDocument(first.event),
          ...(first.cause === undefined ? {} : { cause: eventDocument(first.cause) }),
          ...(by._tag === "Condition" ? { before: valuesOf(first.before), since: valuesOf(first.since) } : {})
        }
      }),
  flips: found.flips.map(({ after, by: seq, holds }) => ({ after, seq, holds }))
})

const valuesOf = (readings: ReadonlyArray<Reading>): typeof Values.Type =>
  Object.fromEntries(
    readings.map(({ isTime, text, value }) => [
      text,
      isTime && typeof value === "number" ? Schema.encodeSync(Instant)(value) : (value ?? null)
    ])
  )
