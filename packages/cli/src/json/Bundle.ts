/** What `bundle --json` answers. */
import { LedgerId, Seq } from "@daybook/pool/Ids"
import { Schema } from "effect"
import { basisFields } from "./Basis.ts"

export const Bundle = Schema.Struct({
  ...basisFields,
  folder: Schema.String.annotate({ description: "Where the excerpt is: a ledger of its own" }),
  events: Schema.Int.annotate({ description: "Lines of the excerpt, its first included" }),
  source: Schema.Struct({
    ledger: LedgerId,
    from: Seq,
    to: Seq,
    head: Seq,
    h: Schema.optionalKey(
      Schema.String.annotate({ description: "Hash of the chain at the head of the source; none if that is damaged" })
    )
  }),
  leftOut: Schema.Int.annotate({ description: "Events of a newer version, which cannot be made unrecognisable" })
})
