/** An event inside a document, as it stands in the ledger but for the two sums that close its line. */
import { ActorId, CorrelationId, CredentialId, EventId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import type { Recorded } from "@daybook/pool/Recorded"
import { Schema } from "effect"
import { eventJson } from "../render/EventJson.ts"

export const EventDocument = Schema.Struct({
  seq: Seq,
  at: Instant,
  id: EventId,
  actor: ActorId,
  type: Schema.String,
  v: Schema.Int,
  credential: Schema.optionalKey(CredentialId),
  cause: Schema.optionalKey(EventId.annotate({ description: "The event that led to this one" })),
  correlation: Schema.optionalKey(CorrelationId),
  data: Schema.Unknown.annotate({ description: "By its type; docs/events.md has the fields" })
})

export const eventDocument = (event: Recorded): typeof EventDocument.Type => {
  const { at: _text, cause, correlation, credential, ...rest } = eventJson(event)
  return {
    ...rest,
    at: event.at,
    ...(credential === undefined ? {} : { credential: CredentialId.make(credential) }),
    ...(cause === undefined ? {} : { cause }),
    ...(correlation === undefined ? {} : { correlation })
  }
}
