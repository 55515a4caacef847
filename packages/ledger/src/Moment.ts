/** A point in a ledger's life, named in one of three ways. */
import type { EventId, Seq } from "@daybook/pool/Ids"
import { format, type Instant } from "@daybook/pool/Instant"

export type Moment =
  /** Behind this event; 0 stands before the first. */
  | { readonly seq: Seq }
  /** Behind the last event that was written, as all events before it were, no later than this. */
  | { readonly at: Instant }
  /** Behind the event of this id. */
  | { readonly id: EventId }

export const describe = (moment: Moment): string => {
  if ("seq" in moment) return `event ${moment.seq}`
  return "at" in moment ? format(moment.at) : `the event ${moment.id}`
}
