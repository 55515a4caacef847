/** What `verify` found wrong with a ledger, and the next step. */
import type { Bad, VerifyReport } from "@daybook/ledger/Verify"
import { basename, dirname } from "node:path"
import { repairCommand } from "./RepairCommand.ts"

/** Of a report or a file in it: the whole ledger, and not one sealed segment alone. */
export const isLive = (path: string): boolean => basename(path) === "ledger.jsonl"

/** How `why` begins where a file is not there. */
const missing = /^it (is missing.*)/

export const isMissing = ({ why }: { readonly why: string }): boolean => missing.test(why)

/** What is wrong, behind the name of the file, without the reason. */
export const trouble = ({ line, offset, why }: Bad): string =>
  missing.exec(why)?.[1] ?? `is damaged at line ${line}, byte ${offset}`

export const troubleAndWhy = (bad: Bad): string => (isMissing(bad) ? trouble(bad) : `${trouble(bad)}: ${bad.why}`)

export const nextStep = ({ head, path }: VerifyReport, bad: Bad): string => {
  if (isMissing(bad)) return isLive(bad.path) ? `Put it back; only if it is lost, ${runRepair(path)}` : putBack
  if (isLive(path)) return `${keep(head.seq)} ${capital(runRepair(path))}`
  if (head.seq > 0) return `${keep(head.seq)} Verify the whole folder that it is from.`
  return "Not even its first event can be read: name a ledger's folder or its ledger.jsonl, if this is none."
}

const putBack = "Put it back, from the archive or a backup."

const keep = (seq: number): string =>
  seq === 0 ? "Leave the files as they are." : `Leave the files as they are; up to event ${seq} all is whole.`

const runRepair = (path: string): string => `run \`${repairCommand(dirname(path))}\` to see what can be done.`

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

export const isBase = (path: string): boolean => basename(path) === "ledger.base"

/** Where the state that archived segments left behind is gone. */
export const restoreBase = "Only the archived segments, or a copy of the right file, can help."
