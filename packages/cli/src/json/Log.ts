/** A line of `log --json`: one event, as it stands in the ledger but for the two sums that close its line there. */
import { Envelope } from "@daybook/pool/Recorded"
import { CredentialId } from "@daybook/pool/Ids"
import { Schema } from "effect"

export const LogEvent = Schema.Struct({
  ...Envelope.fields,
  type: Schema.String.annotate({ description: "docs/events.md says what there are" }),
  v: Schema.Natural.annotate({ description: "Version of the type" }),
  credential: Schema.optionalKey(CredentialId),
  data: Schema.Unknown.annotate({ description: "By type; docs/events.md" })
})
