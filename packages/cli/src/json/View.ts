/** What `view --json` answers: where the page is, or which report was written. */
import { LedgerId, Seq } from "@daybook/pool/Ids"
import { Schema } from "effect"
import { basisFields } from "./Basis.ts"

export const Served = Schema.Struct({
  ...basisFields,
  folder: Schema.String.annotate({ description: "Where the ledger is" }),
  port: Schema.Int,
  url: Schema.String.annotate({ description: "The address of the page; it works once" })
})

export const Report = Schema.Struct({
  ...basisFields,
  file: Schema.String.annotate({ description: "The report, a page of HTML" }),
  bytes: Schema.Int,
  events: Schema.Int.annotate({ description: "Lines of the excerpt in it, its first included" }),
  source: Schema.Struct({ ledger: LedgerId, from: Seq, to: Seq, head: Seq, h: Schema.optionalKey(Schema.String) }),
  leftOut: Schema.Int.annotate({ description: "Events of a newer version, which cannot be made unrecognisable" })
})

export const View = Schema.Union([Served, Report])
