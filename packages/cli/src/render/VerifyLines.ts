/** `daybook verify`: is the file what its writers wrote, and how much of it is. */
import type { ByteRange, VerifyReport } from "@daybook/ledger/Verify"
import type { Paint } from "./Paint.ts"

export const verifyLines = (report: VerifyReport, paint: Paint): ReadonlyArray<string> => [
  `${report.path}: ${verdict(report, paint)}`,
  `  ledger  ${report.ledger ?? "unknown"}`,
  `  head    event ${report.head.seq}, ${report.head.h || "no line"}`,
  `  events  ${report.events}${report.unknown === 0 ? "" : `, ${report.unknown} of them from a newer version`}`,
  ...report.junk.map((range) => `  sealed junk of a dead writer: ${where(range)}`),
  ...(report.tornTail === undefined
    ? []
    : [`  half a line at the end: ${where(report.tornTail)}; the next writer seals it`])
]

const verdict = ({ firstBad, isConsistent }: VerifyReport, paint: Paint): string =>
  isConsistent || firstBad === undefined
    ? paint("good", "consistent, every line continues the one before it")
    : paint("bad", `damaged at line ${firstBad.line}, byte ${firstBad.offset}: ${firstBad.why}`)

const where = ({ length, line, offset }: ByteRange): string => `line ${line}, byte ${offset}, ${length} bytes`
