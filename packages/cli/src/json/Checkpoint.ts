/** What `checkpoint --json` answers: how far a ledger reaches. */
import { type Checkpoint as CheckpointOf, format } from "@daybook/ledger/Checkpoint"
import { LedgerId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { Schema } from "effect"

export const Checkpoint = Schema.Struct({
  line: Schema.String.annotate({ description: "What is printed without --json, and what `verify --checkpoint` reads" }),
  ledger: LedgerId,
  seq: Seq.annotate({ description: "The last event" }),
  h: Schema.String.annotate({ description: "Hash of the chain there" }),
  at: Instant
})

export const checkpointJson = (checkpoint: CheckpointOf): typeof Checkpoint.Type => ({
  line: format(checkpoint),
  ...checkpoint
})
