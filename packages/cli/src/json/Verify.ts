/** What `verify --json` answers: whether a ledger is what its writers wrote. */
import type { CheckpointReport, VerifyReport } from "@daybook/ledger/Verify"
import { LedgerId, Seq } from "@daybook/pool/Ids"
import { Instant } from "@daybook/pool/Instant"
import { Schema } from "effect"
import { ByteRange, EventRange, Lost } from "./Bytes.ts"

const said = (description: string) => ({ description })

const Segment = Schema.Struct({
  path: Schema.String,
  first: Seq,
  last: Seq,
  bytes: Schema.Natural,
  isSealed: Schema.Boolean,
  bySum: Schema.Boolean.annotate(said("It was judged by its sum, not line by line"))
})

const Checkpoint = Schema.Struct({
  ledger: LedgerId,
  seq: Seq,
  h: Schema.String,
  at: Instant,
  verdict: Schema.Literals(["held", "rewritten", "truncated", "another ledger", "archived", "damaged"]).annotate(
    said(
      "rewritten: another event stands there; truncated: the ledger ends before it; archived, damaged: what it is about cannot be read here"
    )
  )
})

export const Verify = Schema.Struct({
  path: Schema.String.annotate(said("The file that was named, or the live one of the folder")),
  isConsistent: Schema.Boolean.annotate(
    said("Every line is whole and continues the one before it; archived segments and accepted damage aside")
  ),
  isComplete: Schema.NullOr(Schema.Boolean).annotate(
    said("Every checkpoint is held; null if none was given, or it cannot be told: `checkpoints` says which")
  ),
  ledger: Schema.NullOr(LedgerId).annotate(said("null if the very first line is bad")),
  segments: Schema.Array(Segment),
  events: Schema.Natural.annotate(said("Events that are here, up to the first bad line")),
  unknown: Schema.Natural.annotate(said("Events of a newer version; not counted in segments judged by their sum")),
  head: Schema.Struct({ seq: Seq, h: Schema.String.annotate(said("Hash of the chain")) }),
  missing: Schema.NullOr(EventRange).annotate(said("Older events that are not here: archived, or never copied")),
  lacksBase: Schema.NullOr(Schema.Struct({ path: Schema.String, why: Schema.String })).annotate(
    said("The file with the state that archived segments left, if nothing can be folded without it")
  ),
  junk: Schema.Array(ByteRange).annotate(said("Half lines of writers that died, closed by the next")),
  accepted: Schema.Array(Schema.Struct({ ...ByteRange.fields, lost: Lost })).annotate(
    said("Damage that an operator accepted with `repair`")
  ),
  tornTail: Schema.NullOr(ByteRange).annotate(said("Half a line at the end, which the next writer closes: no damage")),
  firstBad: Schema.NullOr(
    Schema.Struct({
      path: Schema.String,
      line: Schema.Natural,
      offset: Schema.Natural,
      seq: Seq.annotate(said("The event that should stand there")),
      why: Schema.String
    })
  ).annotate(said("Where the ledger is damaged first")),
  checkpoints: Schema.Array(Checkpoint)
})

export const verifyJson = (report: VerifyReport): typeof Verify.Type => ({
  ...report,
  isComplete: report.isComplete ?? null,
  ledger: report.ledger ?? null,
  missing: report.missing ?? null,
  lacksBase: report.lacksBase ?? null,
  accepted: report.accepted.map(({ lost, ...range }) => ({ ...range, lost: lost ?? null })),
  tornTail: report.tornTail ?? null,
  firstBad: report.firstBad ?? null,
  checkpoints: report.checkpoints.map(checkpointJson)
})

const checkpointJson = ({ checkpoint, verdict }: CheckpointReport) => ({ ...checkpoint, verdict })
