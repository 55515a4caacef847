/** `daybook repair` */
import { type RepairReport, repair as mend } from "@daybook/ledger/Repair"
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import { version } from "../internal/Version.ts"
import { Repair, repairJson } from "../json/Repair.ts"
import * as Output from "../Output.ts"
import { repairLines } from "../render/RepairLines.ts"
import { settings } from "../Root.ts"
import { allowsNetworkFileSystem } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDescription("Only say what is wrong and what would be done; exit code 4 if anything needs repair"),
    Flag.withDefault(false)
  )
}

export const repair = Command.make(
  "repair",
  flags,
  Effect.fnUntraced(function* ({ dryRun }) {
    const { home, json, paint } = yield* settings
    const allowNetworkFileSystem = allowsNetworkFileSystem(process.env)
    const report = yield* mend({ folder: home, program: "daybook", version, dryRun, allowNetworkFileSystem })
    yield* json
      ? Output.documentOf(Repair, repairJson(report, dryRun))
      : Output.lines(repairLines(report, dryRun, paint))
    if (!report.isDone) return yield* new Stop({ exitCode: exitCodes.verificationFailed, message: nextStep(report) })
  })
).pipe(
  Command.withDescription(
    "Makes a damaged ledger writable again. Only seals and appends: no byte that is there is changed or removed"
  )
)

const nextStep = ({ findings }: RepairReport): string =>
  findings.some(({ _tag }) => _tag === "Beyond")
    ? "Nothing was changed. Put the files that are named back, from the archive or a backup, then look again."
    : "Nothing was changed. Copy the folder somewhere, then run the same without --dry-run."
