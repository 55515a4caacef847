/**
 * The event that everybody appends, and the line that the ledger makes of it: the others write that line as it is.
 */
import * as LineFormat from "@daybook/ledger/LineFormat"
import { ActorId, CredentialId, EventId, Seq } from "@daybook/pool/Ids"
import type { Draft } from "@daybook/pool/Recorded"

export const event: Draft = {
  type: "CredentialRelabelled",
  v: 1,
  credential: CredentialId.make("codex-1"),
  data: { label: "work" }
}

const id = "019a3c52-6f10-7a31-9c44-2f0e8b7d5a66"
const stamp = { seq: Seq.make(100_000), at: Date.UTC(2026, 10, 22), id: EventId.make(id), actor: ActorId.make(id) }

/** Without its newline. */
export const line = LineFormat.render("x".repeat(43), stamp, LineFormat.prepare(event)).text
