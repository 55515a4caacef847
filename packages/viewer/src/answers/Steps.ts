/** Events as a person reads them. */
import type { Recorded } from "@daybook/pool/Recorded"
import type { Names } from "@daybook/words/Names"
import { sentenceOf } from "@daybook/words/Sentence"
import type { Step } from "../Questions.ts"

export const stepOf = (event: Recorded, names: Names): Step => ({
  seq: event.seq,
  at: event.at,
  type: event.type === "Unknown" ? event.data.type : event.type,
  actor: names.actor(event.actor),
  credential: names.credential(event),
  sentence: sentenceOf(event, names)
})
