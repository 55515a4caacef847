/**
 * The stable shape of `verify --json`: the report, moments as ISO 8601 strings, absent as null. `isComplete` is null if it
 * was not asked or cannot be told; `checkpoints` says which.
 */
import type { CheckpointReport, VerifyReport } from "@daybook/ledger/Verify"
import { iso } from "./StatusJson.ts"

export const verifyJson = (report: VerifyReport) => ({
  path: report.path,
  isConsistent: report.isConsistent,
  isComplete: report.isComplete ?? null,
  ledger: report.ledger ?? null,
  segments: report.segments,
  events: report.events,
  unknown: report.unknown,
  head: report.head,
  missing: report.missing ?? null,
  lacksBase: report.lacksBase ?? null,
  junk: report.junk,
  accepted: report.accepted.map(({ lost, ...range }) => ({ ...range, lost: lost ?? null })),
  tornTail: report.tornTail ?? null,
  firstBad: report.firstBad ?? null,
  checkpoints: report.checkpoints.map(checkpointJson)
})

const checkpointJson = ({ checkpoint: { at, h, ledger, seq }, verdict }: CheckpointReport) => ({
  ledger,
  seq,
  h,
  at: iso(at),
  verdict
})
