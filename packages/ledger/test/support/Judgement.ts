/** Whether what was said of a mutated ledger can be true. */
import type { LedgerError, LedgerReason } from "@daybook/ledger/LedgerError"
import type { VerifyReport } from "@daybook/ledger/Verify"
import type { Recorded } from "@daybook/pool/Recorded"
import { Result } from "effect"
import { type ChainedLine, chainedLines } from "./Chained.ts"
import type { Mutated } from "./Mutations.ts"

/** What `verify` said, and what a reader saw before it came to the end or to an error. */
export interface Said {
  readonly report: Result.Result<VerifyReport, LedgerError>
  readonly events: ReadonlyArray<Recorded>
  readonly error: LedgerError | undefined
}

/** A ledger that nobody touched. */
export interface Original {
  readonly bytes: Buffer
  readonly lines: ReadonlyArray<ChainedLine>
}

export const originalOf = (bytes: Buffer): Original => ({ bytes, lines: chainedLines(bytes) })

/** What cannot be, in words. `originals` are all whose bytes went into the mutated one. */
export const complaints = (mutated: Mutated, originals: ReadonlyArray<Original>, said: Said): ReadonlyArray<string> => [
  ...(isBeginOf(said.events, chainedLines(mutated.bytes))
    ? []
    : ["an event was read that does not continue the chain"]),
  ...(said.events.every(({ seq }, index) => seq === index + 1) ? [] : ["there is a gap between events"]),
  ...disagreements(said),
  ...(mutated.isForged ? [] : misjudged(mutated.bytes, originals, said))
]

const isBeginOf = (events: ReadonlyArray<Recorded>, lines: ReadonlyArray<ChainedLine>): boolean =>
  events.every(({ id }, index) => idOf(lines[index]) === id)

const idOf = (line: ChainedLine | undefined): unknown => (line?.json as { readonly id?: unknown } | undefined)?.id

/** A reader stops where `verify` finds something wrong, for the same reason, and nowhere else. */
const disagreements = ({ error, events, report }: Said): ReadonlyArray<string> => {
  const [verified, read] = [reasonIn(report), error?.reason].map(describe)
  const count = Result.isSuccess(report) ? report.success.events : 0
  return [
    ...(verified === read ? [] : [`verify says ${verified} and a reader ${read}`]),
    ...(count === events.length ? [] : [`verify counts ${count} events and a reader ${events.length}`])
  ]
}

type Verdict = Pick<LedgerReason, "_tag"> & { readonly line?: number; readonly offset?: number; readonly why?: string }

const reasonIn = (report: Said["report"]): Verdict | undefined => {
  if (Result.isFailure(report)) return report.failure.reason
  return report.success.firstBad === undefined ? undefined : { _tag: "Damaged", ...report.success.firstBad }
}

const describe = (verdict: Verdict | undefined): string =>
  verdict === undefined
    ? "nothing"
    : `${verdict._tag} ${verdict.line ?? ""} ${verdict.offset ?? ""} ${verdict.why ?? ""}`

/** Where nobody closed lines anew, only what was written passes, and it passes up to the first change. */
const misjudged = (bytes: Buffer, originals: ReadonlyArray<Original>, said: Said): ReadonlyArray<string> => [
  ...(originals.some(({ lines }) => isBeginOf(said.events, lines)) ? [] : ["a foreign event was read"]),
  ...(originals.some((original) => isTrue(bytes, original, said.report)) ? [] : ["a change was called consistent"]),
  ...(originals.every((original) => said.events.length >= untouched(bytes, original))
    ? []
    : ["an event before the first change was not read"])
]

const isTrue = (bytes: Buffer, original: Original, report: Said["report"]): boolean => {
  if (Result.isFailure(report) || !report.success.isConsistent) return true
  const judged = bytes.subarray(0, report.success.tornTail?.offset ?? bytes.length)
  return judged.equals(original.bytes.subarray(0, judged.length))
}

/** Events that stand before the first change. */
const untouched = (bytes: Buffer, { bytes: before, lines }: Original): number => {
  const change = before.findIndex((byte, at) => bytes[at] !== byte)
  return change < 0 ? lines.length : lines.filter(({ end }) => end <= change).length
}
