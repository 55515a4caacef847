/** What `repair --json` answers: what is wrong with a ledger, and whether it is mended. */
import type { RepairReport } from "@daybook/ledger/Repair"
import { Seq } from "@daybook/pool/Ids"
import { Schema } from "effect"
import { ByteRange, Lost } from "./Bytes.ts"

const said = (description: string) => ({ description })

const kind = <Kind extends string, Fields extends Schema.Struct.Fields>(kind: Kind, fields: Fields, says: string) =>
  Schema.Struct({ _tag: Schema.tag(kind), ...fields })
    .pipe(Schema.encodeKeys({ _tag: "kind" }))
    .annotate(said(says))

const file = { path: Schema.String }

const Finding = Schema.Union([
  kind("TornTail", ByteRange.fields, "Half a line at the end: closed and recorded, as the next append would do"),
  kind("UnfinishedSeal", file, "A segment has its last line, and the next is not in place yet"),
  kind(
    "Damage",
    { why: Schema.String, ...ByteRange.fields, lost: Lost },
    "Bytes that hold no readable events, which are passed over from then on"
  ),
  kind("NoLiveSegment", { ...file, last: Seq }, "The segment to append to is gone; the ledger goes on behind `last`"),
  kind("Beyond", { ...file, why: Schema.String }, "Only a copy of the file can help")
])

export const Repair = Schema.Struct({
  dryRun: Schema.Boolean.annotate(said("It was only said what would be done")),
  isDone: Schema.Boolean.annotate(said("Nothing is left that needs repair; half a line does not")),
  findings: Schema.Array(Finding).annotate(said("In the order of the ledger; empty if nothing needs repair"))
})

export const repairJson = ({ findings, isDone }: RepairReport, dryRun: boolean): typeof Repair.Type => ({
  dryRun,
  isDone,
  findings: findings.map((finding) =>
    finding._tag === "Damage" ? { ...finding, lost: finding.lost ?? null } : finding
  )
})
