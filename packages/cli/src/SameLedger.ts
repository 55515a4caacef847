/**
 * The next command that an answer names, about the ledger that the answer is about: it works as it stands. Only people are
 * told so; the documents for programs name no place, and are the same wherever the ledger lies.
 */
import { daybookHome } from "daybook/Home"
import { Option } from "effect"
import type { HistoryFlags } from "./HistoryFlags.ts"
import type { Settings } from "./Settings.ts"
import { shellWord } from "./Shell.ts"

/** A command line of Daybook, told which ledger; what acts is told where; one of another program as it is. */
export type OnSameLedger = (command: string) => string

export const sameLedger =
  ({ home }: Pick<Settings, "home">, { ledger = Option.none() }: Partial<HistoryFlags>): OnSameLedger =>
  (command) => {
    if (!command.startsWith("daybook ")) return command
    if (Option.isSome(ledger)) return inCopy(command, `--ledger ${shellWord(ledger.value)}`)
    return home === daybookHome() ? command : `${command} --home ${shellWord(home)}`
  }

/** These answer from a ledger alone. What acts, or looks at a machine, does so with the pool that the ledger is of. */
const looksBack = /^daybook (?:classify|lineage|log|loops|show|story|view|why)(?: |$)/

/** A shell would run it on this machine's own pool, which may be another one. */
export const elsewhere = "On the machine of this ledger: "

/** Who is served now hangs on stores that a copy does not have; who was usable it knows. */
const inCopy = (command: string, ledger: string): string => {
  if (command.startsWith("daybook explain ")) return `daybook show ${ledger}`
  return looksBack.test(command) ? `${command} ${ledger}` : `${elsewhere}${command}`
}
