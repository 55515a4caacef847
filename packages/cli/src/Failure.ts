/** What a failure means for the person at the keyboard: one message and an exit code. */
import type { NoneAvailable } from "@daybook/refresher/PoolError"
import type { OperatorError } from "@daybook/refresher/OperatorError"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Damaged, Missing, NetworkFileSystem } from "@daybook/ledger/LedgerError"
import { Predicate } from "effect"
import { CliError } from "effect/cli"
import { dirname } from "node:path"
import { type ExitCode, exitCodes } from "./ExitCode.ts"
import { begin } from "./FirstSteps.ts"
import { isBase, restoreBase } from "./Flaw.ts"
import { repairCommand } from "./RepairCommand.ts"
import { Stop } from "./Stop.ts"

export interface Failure {
  readonly exitCode: ExitCode
  /** Empty if it has been said already. */
  readonly message: string
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof Stop) return error
  if (CliError.isCliError(error) && error._tag === "ShowHelp") return { exitCode: exitCodes.usage, message: "" }
  return {
    exitCode: exitCodeOf(error),
    message: onCommandLine(error) ?? messageOf(error)
  }
}

const exitCodeOf = (error: unknown): ExitCode => {
  if (isOperatorError(error) && error.reason._tag === "BadLabel") return exitCodes.usage
  return isNothingAvailable(error) ? exitCodes.nothingAvailable : exitCodes.error
}

/** By its tag: its module would bring the whole pool along. */
const isOperatorError = (error: unknown): error is OperatorError => Predicate.isTagged(error, "OperatorError")

const messageOf = (error: unknown): string => (Predicate.isError(error) ? error.message : String(error))

/** What the command can say better than the library: its own next steps. */
const onCommandLine = (error: unknown): string | undefined => {
  const reason = Predicate.hasProperty(error, "reason") ? error.reason : undefined
  if (reason instanceof Missing) return noLedger(reason.path)
  if (reason instanceof Damaged) return damageMessage(reason)
  return reason instanceof NetworkFileSystem ? shared(reason) : undefined
}

/** Where a ledger is damaged, and what to do about it. */
export const damageMessage = ({ line, offset, path, why }: Damaged): string =>
  isBase(path)
    ? `${path}: ${why}. ${restoreBase}`
    : `${path} is damaged at line ${line}, byte ${offset}: ${why}. Run \`${repairCommand(dirname(path))}\` to see what can be done.`

const shared = ({ kind, path }: NetworkFileSystem): string =>
  `${path} lies on ${kind}, where locks may not hold. Choose a folder on a local disk with --home; ` +
  "if only one machine ever opens it, DAYBOOK_ALLOW_NETWORK_FS=1 allows it."

const noLedger = (folder: string): string =>
  `There is no ledger in ${folder}. Name its folder with --home, or begin one there with ${begin}.`

/** A login that cannot be used now is nothing to give; a store or a ledger that cannot be used is an error. */
const isNothingAvailable = (error: unknown): error is NoneAvailable | RefreshError => {
  if (Predicate.isTagged(error, "NoneAvailable")) return true
  if (!Predicate.isTagged(error, "RefreshError") || !Predicate.hasProperty(error, "reason")) return false
  const { reason } = error
  const cause = Predicate.hasProperty(reason, "reason") ? reason.reason : undefined
  return cause !== "StoreUnavailable" && cause !== "LedgerUnavailable"
}
