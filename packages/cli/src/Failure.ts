/** What a failure means for the person at the keyboard: one message and an exit code. */
import type { NoneAvailable } from "@daybook/refresher/PoolError"
import type { RefreshError } from "@daybook/pool/RefreshError"
import { Missing } from "@daybook/ledger/LedgerError"
import { Predicate } from "effect"
import { CliError } from "effect/cli"
import { type ExitCode, exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

export interface Failure {
  readonly exitCode: ExitCode
  /** Empty if it has been said already. */
  readonly message: string
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof Stop) return error
  if (CliError.isCliError(error) && error._tag === "ShowHelp") return { exitCode: exitCodes.usage, message: "" }
  const message = isMissingLedger(error) ? noLedger(error.reason.path) : messageOf(error)
  return { exitCode: isNothingAvailable(error) ? exitCodes.nothingAvailable : exitCodes.error, message }
}

const messageOf = (error: unknown): string => (Predicate.isError(error) ? error.message : String(error))

const isMissingLedger = (error: unknown): error is { readonly reason: Missing } =>
  Predicate.hasProperty(error, "reason") && error.reason instanceof Missing

const noLedger = (folder: string): string =>
  `There is no ledger in ${folder}. Name its folder with --home, or let \`daybook token PROVIDER --vault PATH\` begin one there.`

/** A login that cannot be used now is nothing to give; a store or a ledger that cannot be used is an error. */
const isNothingAvailable = (error: unknown): error is NoneAvailable | RefreshError => {
  if (Predicate.isTagged(error, "NoneAvailable")) return true
  if (!Predicate.isTagged(error, "RefreshError") || !Predicate.hasProperty(error, "reason")) return false
  const { reason } = error
  const cause = Predicate.hasProperty(reason, "reason") ? reason.reason : undefined
  return cause !== "StoreUnavailable" && cause !== "LedgerUnavailable"
}
