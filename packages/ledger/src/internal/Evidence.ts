/** What a ledger that was read says about checkpoints that were taken of it before. */
import type { Checkpoint } from "../Checkpoint.ts"
import type { CheckpointReport } from "../Verify.ts"
import type { Audited } from "./Audit.ts"

export const judge = (audit: Audited, { h, ledger, seq }: Checkpoint): CheckpointReport["verdict"] => {
  const { accepted, firstBad, head, heads, missing } = audit
  if (audit.ledger !== undefined && audit.ledger !== ledger) return "another ledger"
  const found = heads.get(seq)
  if (found !== undefined) return found === h ? "held" : "rewritten"
  if (missing !== undefined && seq <= missing.to) return "archived"
  if (accepted.some(({ lost }) => lost !== undefined && lost.from <= seq && seq <= lost.to)) return "damaged"
  return seq > head.seq && firstBad === undefined ? "truncated" : "damaged"
}

const disproofs: ReadonlySet<CheckpointReport["verdict"]> = new Set(["rewritten", "truncated", "another ledger"])

export const isComplete = (reports: ReadonlyArray<CheckpointReport>): boolean | undefined => {
  if (reports.some(({ verdict }) => disproofs.has(verdict))) return false
  return reports.length > 0 && reports.every(({ verdict }) => verdict === "held") ? true : undefined
}
