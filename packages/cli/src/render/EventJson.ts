/** An event as one JSON object, as it stands in the ledger but for the two sums that close its line. */
import { format } from "@daybook/pool/Instant"
import { encodeDraft, type Recorded } from "@daybook/pool/Recorded"

export const eventJson = (event: Recorded) => {
  const { actor, at, cause, correlation, id, seq } = event
  const { credential, data, type, v } = bodyOf(event)
  return { seq, at: format(at), id, actor, type, v, credential, cause, correlation, data }
}

/** What this version does not understand is shown as it came. */
const bodyOf = (event: Recorded) =>
  event.type === "Unknown"
    ? { type: event.data.type, v: event.v, credential: event.credential, data: event.data.raw }
    : encodeDraft(event)
