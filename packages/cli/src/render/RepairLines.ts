/** `daybook repair`: what is wrong with a ledger, and what was done about it, or would be. */
import type { Finding, RepairReport } from "@daybook/ledger/Repair"
import type { ByteRange, EventRange } from "@daybook/ledger/Verify"
import { isBase, isMissing, restoreBase } from "../Flaw.ts"
import type { Paint } from "./Paint.ts"

export const repairLines = (
  { findings, isDone }: RepairReport,
  isDryRun: boolean,
  paint: Paint
): ReadonlyArray<string> => {
  if (findings.length === 0) return [paint("good", "Nothing needs repair.")]
  const isMended = isDone && !isDryRun
  const lines = findings.flatMap((finding) => [what(finding), `  -> ${isMended ? done(finding) : remedy(finding)}`])
  return [...lines, verdict(isDone, isDryRun, paint)]
}

const verdict = (isDone: boolean, isDryRun: boolean, paint: Paint): string => {
  if (isDone) return paint("good", isDryRun ? "Nothing needs repair: the next append closes it." : "Repaired.")
  return paint("bad", isDryRun ? "Needs repair." : "Not repaired.")
}

const what = (finding: Finding): string => {
  switch (finding._tag) {
    case "TornTail":
      return `${place(finding)}: half a line at the end, left by a writer that died`
    case "UnfinishedSeal":
      return `${finding.path}: the segment has its last line, and the next one is not there yet`
    case "Damage":
      return `${place(finding)}: ${finding.why}`
    case "NoLiveSegment":
      return `${finding.path}: missing, though older segments are there, up to event ${finding.last}`
    case "Beyond":
      return `${finding.path}: ${finding.why}`
  }
}

const place = ({ length, line, offset, path }: ByteRange): string =>
  `${path}, line ${line}, byte ${offset}, ${length} bytes`

/** What would be done, or what else could. */
const remedy = (finding: Finding): string => {
  switch (finding._tag) {
    case "TornTail":
      return "It would be closed with a newline and recorded; no event is lost."
    case "UnfinishedSeal":
      return "The next segment would be put in its place; no event is lost."
    case "Damage":
      return `The bytes would stay, and be passed over from then on; ${loss(finding.lost)}.`
    case "NoLiveSegment":
      return `The ledger would go on behind event ${finding.last}; whatever came after it is lost. Look for the file first.`
    case "Beyond":
      return beyond(finding)
  }
}

/** What was done. */
const done = (finding: Finding): string => {
  switch (finding._tag) {
    case "TornTail":
      return "Closed with a newline and recorded; no event is lost."
    case "UnfinishedSeal":
      return "The next segment was put in its place; no event is lost."
    case "Damage":
      return `The bytes stayed, and are passed over from now on; ${loss(finding.lost)}.`
    case "NoLiveSegment":
      return `The ledger goes on behind event ${finding.last}; whatever came after it is lost.`
    case "Beyond":
      return beyond(finding)
  }
}

const beyond = ({ path, why }: Extract<Finding, { readonly _tag: "Beyond" }>): string => {
  if (isBase(path)) return restoreBase
  return isMissing({ why }) ? "It must be put back, from the archive or a backup." : "Only a copy of the file can help."
}

const loss = (lost: EventRange | undefined): string => {
  if (lost === undefined) return "no event is lost that another does not follow"
  return lost.from === lost.to ? `event ${lost.from} is lost` : `events ${lost.from} to ${lost.to} are lost`
}
