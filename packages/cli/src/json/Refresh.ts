/** What `refresh --json` answers: what came of it, and what came into the ledger. */
import { CredentialId } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { Schema } from "effect"
import { EventDocument } from "./Event.ts"

const said = (description: string) => ({ description })

export const Refresh = Schema.Struct({
  credential: CredentialId,
  outcome: Schema.Literals(["refreshed", "adopted", "failed"]).annotate(
    said("adopted: another program was first, and its tokens are used; failed: why is said on stderr")
  ),
  expiresAt: Schema.NullOr(Instant).annotate(said("When the token ends that is served now; null if nobody knows")),
  events: Schema.Array(EventDocument).annotate(said("What came into the ledger about the credential meanwhile"))
})
