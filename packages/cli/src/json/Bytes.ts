/** Parts of a ledger's files, and the events that are concerned by them. */
import { Seq } from "@daybook/pool/Ids"
import { Schema } from "effect"

const said = (description: string) => ({ description })

export const ByteRange = Schema.Struct({
  path: Schema.String,
  line: Schema.Natural.annotate(said("Of the file, counted from 1")),
  offset: Schema.Natural.annotate(said("In bytes, of the file")),
  length: Schema.Natural.annotate(said("In bytes"))
})

export const EventRange = Schema.Struct({ from: Seq, to: Seq }).annotate(said("The first and the last, both included"))

export const Lost = Schema.NullOr(EventRange).annotate(said("The events that are lost with it; null if there are none"))
