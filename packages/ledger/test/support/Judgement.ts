/** Whether what was said of a mutated ledger can be true. */
import type { LedgerError, LedgerReason } from "@daybook/ledger/LedgerError"
import type { VerifyReport } from "@daybook/ledger/Verify"
import type { Recorded } from "@daybook/pool/Recorded"
import { Result } from "effect"
import { basename } from "node:path"
import { type ChainedLine, chainedLines } from "./Chained.ts"
import type { Mutated } from "./Mutations.ts"

/** What `verify` said, and what a reader saw before it came to the end or to an error. */
export interface Said {
  readonly report: Result.Result<VerifyReport, LedgerError>
  readonly events: ReadonlyArray<Recorded>
  readonly error: LedgerError | undefined
}

/** A ledger that nobody touched: its files in their order. */
export interface Original {
  readonly files: ReadonlyArray<Buffer>
  readonly lines: ReadonlyArray<ChainedLine>
}

export const originalOf = (files: ReadonlyArray<Buffer>): Original => ({ files, lines: chainedLines(files) })

/** What cannot be, in words. `originals` are all whose bytes went into the mutated one. */
export const complaints = (mutated: Mutated, originals: ReadonlyArray<Original>, said: Said): ReadonlyArray<string> => [
  ...(isBeginOf(said.events, chainedLines(mutated.files))
    ? []
    : ["an event was read that does not continue the chain"]),
  ...(said.events.every(({ seq }, index) => seq === index + 1) ? [] : ["there is a gap between events"]),
  ...(said.events.every((event) => !isOpening(event) || firstIn(mutated.files).includes(event.seq))
    ? []
    : ["an opening was read that does not begin a file"]),
  ...disagreements(said),
  ...(mutated.isForged ? [] : misjudged(mutated.files, originals, said))
]

const isBeginOf = (events: ReadonlyArray<Recorded>, lines: ReadonlyArray<ChainedLine>): boolean =>
  events.every(({ id }, index) => idOf(lines[index]) === id)

const idOf = (line: ChainedLine | undefined): unknown => (line?.json as { readonly id?: unknown } | undefined)?.id

const isOpening = ({ type }: Recorded): boolean => type === "LedgerOpened" || type === "SegmentOpened"

/** The event that each file begins with. */
const firstIn = (files: ReadonlyArray<Buffer>): ReadonlyArray<number> =>
  files.map((bytes) => Number(/^\{"seq":(\d+),/.exec(bytes.toString("latin1", 0, 40))?.[1]))

/** A reader stops where `verify` finds something wrong, and nowhere else. */
const disagreements = ({ error, events, report }: Said): ReadonlyArray<string> => {
  const [verified, read] = [reasonIn(report), error?.reason].map(describe)
  const count = Result.isSuccess(report) ? report.success.events : 0
  return [
    ...(verified === read ? [] : [`verify says ${verified} and a reader ${read}`]),
    ...(count === events.length ? [] : [`verify counts ${count} events and a reader ${events.length}`])
  ]
}

type Verdict = Pick<LedgerReason, "_tag"> & { readonly path?: string; readonly line?: number; readonly offset?: number }

const reasonIn = (report: Said["report"]): Verdict | undefined => {
  if (Result.isFailure(report)) return report.failure.reason
  return report.success.firstBad === undefined ? undefined : { _tag: "Damaged", ...report.success.firstBad }
}

const describe = (verdict: Verdict | undefined): string => {
  if (verdict === undefined) return "nothing"
  const { _tag, line = "", offset = "", path = "" } = verdict
  return [_tag, basename(path), line, offset].join(" ")
}

/** Where nobody closed lines anew, only what was written passes, and it passes up to the first change. */
const misjudged = (
  files: ReadonlyArray<Buffer>,
  originals: ReadonlyArray<Original>,
  said: Said
): ReadonlyArray<string> => [
  ...(originals.some(({ lines }) => isBeginOf(said.events, lines)) ? [] : ["a foreign event was read"]),
  ...(originals.some((original) => isTrue(files, original, said.report)) ? [] : ["a change was called consistent"]),
  ...(originals.every((original) => said.events.length >= untouched(files, original))
    ? []
    : ["an event before the first change was not read"])
]

/** In the files before the last nothing is changed, and in the last nothing but its torn tail. */
const isTrue = (files: ReadonlyArray<Buffer>, original: Original, report: Said["report"]): boolean => {
  if (Result.isFailure(report) || !report.success.isConsistent) return true
  const { tornTail } = report.success
  return files.every((bytes, index) => {
    const before = original.files[index] ?? Buffer.alloc(0)
    if (index < files.length - 1) return bytes.equals(before)
    const judged = bytes.subarray(0, tornTail?.offset ?? bytes.length)
    return judged.equals(before.subarray(0, judged.length))
  })
}

/** Events that stand before the first change. */
const untouched = (files: ReadonlyArray<Buffer>, original: Original): number => {
  const before = Buffer.concat(original.files)
  const after = Buffer.concat(files)
  const change = before.findIndex((byte, at) => after[at] !== byte)
  return change < 0 ? original.lines.length : original.lines.filter(({ end }) => end <= change).length
}
