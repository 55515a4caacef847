/** What `archive --json` answers: which segments went where, and what is left. */
import { Seq } from "@daybook/pool/Ids"
import { Schema } from "effect"

const said = (description: string) => ({ description })

export const Archive = Schema.Struct({
  dryRun: Schema.Boolean.annotate(said("Nothing was moved; it was only said what would be")),
  moved: Schema.Array(
    Schema.Struct({ from: Schema.String, to: Schema.String, first: Seq, last: Seq, bytes: Schema.Natural })
  ).annotate(said("Files of the ledger, with the first and the last event of each")),
  first: Seq.annotate(said("The oldest event that is left, or would be"))
})
