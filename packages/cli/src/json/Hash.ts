/** What `hash --json` answers. */
import { CredentialId, Seq } from "@daybook/pool/Ids"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { Instant } from "@daybook/pool/Instant"
import { Schema } from "effect"
import { basisFields } from "./Basis.ts"

const Mention = Schema.Struct({ seq: Seq, at: Instant, type: Schema.String })

export const Hash = Schema.Struct({
  ...basisFields,
  fingerprint: Fingerprint.annotate({ description: "Of the text on standard input, under this ledger's key" }),
  known: Schema.Boolean.annotate({ description: "Whether any event names it" }),
  uses: Schema.Array(
    Schema.Struct({
      credential: CredentialId,
      provider: Schema.String,
      removed: Schema.Boolean,
      role: Schema.Literals(["access", "refresh", "account", "seat"]),
      standing: Schema.Literals(["current", "dead", "past"]).annotate({
        description: "current: served, or sent next. dead: never sent again. past: followed by others"
      }),
      first: Mention,
      last: Mention,
      events: Schema.Int
    })
  )
})
