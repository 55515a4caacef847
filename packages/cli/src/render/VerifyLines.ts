/** `daybook verify`: is the ledger what its writers wrote, and is it all there? Two answers, and what they rest on. */
import type { ByteRange, CheckpointReport, EventRange, VerifyReport } from "@daybook/ledger/Verify"
import { isLive, troubleAndWhy } from "../Flaw.ts"
import type { Paint } from "./Paint.ts"
import { size } from "./Size.ts"
import { absolute } from "@daybook/words/Time"

export const verifyLines = (report: VerifyReport, paint: Paint): ReadonlyArray<string> => [
  report.path,
  row("consistent", consistency(report, paint)),
  row("complete", completeness(report, paint)),
  row("ledger", report.ledger ?? "unknown"),
  row("segments", segments(report)),
  row("events", events(report)),
  row("head", `event ${report.head.seq}, ${report.head.h || "no line"}`),
  ...(report.missing === undefined ? [] : [row("not here", older(report.missing, report.path))]),
  ...(report.lacksBase === undefined ? [] : [row("no state", lacking(report.lacksBase, paint))]),
  ...report.junk.map((junk) => row("sealed junk", `${where(junk)}: left by a writer that died; it was no event`)),
  ...report.accepted.map((damage) => row("accepted", `${where(damage)}: ${loss(damage.lost)}`)),
  ...(report.tornTail === undefined ? [] : [row("torn tail", `${where(report.tornTail)}: ${torn}`)]),
  ...report.checkpoints.map((it) => row("checkpoint", checkpoint(it, report, paint)))
]

const row = (about: string, says: string): string => `  ${about.padEnd("sealed junk".length)}  ${says}`

const torn = "half a line, which is no damage; a writer died here, or is writing now. The next writer closes it"

const consistency = ({ accepted, firstBad }: VerifyReport, paint: Paint): string =>
  firstBad === undefined
    ? `${paint("good", "yes")}: every line continues the one before it${accepted.length === 0 ? "" : ", accepted damage aside"}`
    : `${paint("bad", "no")}: ${firstBad.path} ${troubleAndWhy(firstBad)}`

const completeness = ({ checkpoints, isComplete }: VerifyReport, paint: Paint): string => {
  if (checkpoints.length === 0)
    return "not asked: compare with a checkpoint that was kept elsewhere by --checkpoint FILE"
  if (isComplete === undefined)
    return `${paint("waiting", "cannot be told")}: what a checkpoint is about cannot be read here`
  return isComplete
    ? `${paint("good", "yes")}: it still holds what the checkpoints say`
    : `${paint("bad", "no")}: it is not what it was when a checkpoint was taken`
}

const segments = ({ segments }: VerifyReport): string => {
  const bySum = segments.filter((segment) => segment.bySum).length
  const bytes = size(segments.reduce((sum, segment) => sum + segment.bytes, 0))
  return `${segments.length}, ${bytes}${bySum === 0 ? "" : `; ${bySum} judged by the sum in the last line`}`
}

const events = ({ events, head, segments, unknown }: VerifyReport): string => {
  const span = events === 0 ? "" : `, from ${segments[0]?.first ?? head.seq} to ${head.seq}`
  return `${events}${span}${unknown === 0 ? "" : `; ${unknown} from a newer version`}`
}

/** Whoever names one segment did not ask for those before it. */
const older = (events: EventRange, path: string): string =>
  `${range(events)}: ${isLive(path) ? "archived, or never copied" : "not looked at, since they are not in this file"}`

const lacking = ({ path, why }: NonNullable<VerifyReport["lacksBase"]>, paint: Paint): string =>
  `${paint("bad", path)}: ${why}`

const range = ({ from, to }: EventRange): string => (from === to ? `event ${from}` : `events ${from} to ${to}`)

const where = ({ length, line, offset, path }: ByteRange): string =>
  `line ${line}, byte ${offset}, ${length} bytes of ${path}`

const loss = (lost: EventRange | undefined): string =>
  `damage that an operator accepted; ${lost === undefined ? "no event" : range(lost)} lost with it`

const checkpoint = (report: CheckpointReport, whole: VerifyReport, paint: Paint): string => {
  const { at, seq } = report.checkpoint
  return `event ${seq}, of ${absolute(at)}: ${verdict(report, whole, paint)}`
}

const verdict = ({ checkpoint, verdict }: CheckpointReport, { head }: VerifyReport, paint: Paint): string => {
  switch (verdict) {
    case "held":
      return paint("good", "held")
    case "rewritten":
      return `${paint("bad", "rewritten")}, another event stands there now`
    case "truncated":
      return `${paint("bad", "truncated")}, the ledger ends with event ${head.seq}`
    case "another ledger":
      return `${paint("bad", "of another ledger")}, ${checkpoint.ledger}`
    case "archived":
      return `${paint("waiting", "archived")}, its event is not here`
    case "damaged":
      return `${paint("waiting", "damaged")}, its event cannot be read`
  }
}
