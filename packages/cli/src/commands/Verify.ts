/** `daybook verify` */
import { type Bad, type Options, type VerifyReport, verify as walk } from "@daybook/ledger/Verify"
import { expand } from "daybook/Home"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { join } from "node:path"
import * as Checkpoints from "../Checkpoints.ts"
import { exitCodes } from "../ExitCode.ts"
import { nextStep, restoreBase, trouble } from "../Flaw.ts"
import { Verify, verifyJson } from "../json/Verify.ts"
import * as Output from "../Output.ts"
import * as Progress from "../Progress.ts"
import { verifyLines } from "../render/VerifyLines.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

const flags = {
  path: Argument.String("path").pipe(
    Argument.withDescription("A ledger's folder or its ledger.jsonl, or one segment alone; default the pool's own"),
    Argument.optional
  ),
  fast: Flag.Boolean("fast").pipe(
    Flag.withDescription("Judge sealed segments by the sum in their last line, not line by line"),
    Flag.withDefault(false)
  ),
  checkpoint: Flag.String("checkpoint").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Text with checkpoints that were taken before, - for stdin; may be given several times"),
    Flag.atLeast(0)
  )
}

export const verify = Command.make(
  "verify",
  flags,
  Effect.fnUntraced(function* ({ checkpoint, fast, path }) {
    const { home, json, paint } = yield* settings
    const checkpoints = (yield* Effect.forEach(checkpoint, Checkpoints.readFrom)).flat()
    const report = yield* check(Option.map(path, expand), home, { fast, checkpoints })
    yield* json ? Output.documentOf(Verify, verifyJson(report)) : Output.lines(verifyLines(report, paint))
    const { firstBad, lacksBase } = report
    if (firstBad !== undefined) return yield* damage(report, firstBad)
    if (lacksBase !== undefined) return yield* baseless(lacksBase)
    if (report.isComplete === false) return yield* incomplete(report)
  })
).pipe(
  Command.withDescription(
    "Checks every byte of a ledger. Exit code 4 if it is not what its writers wrote, not what it was when a checkpoint was taken, or lacks the state that archived segments left"
  )
)

const check = Effect.fnUntraced(function* (path: Option.Option<string>, home: string, options: Options) {
  const onProgress = yield* Progress.show("verify", process.stderr)
  const checked = walk(
    Option.getOrElse(path, () => join(home, "ledger.jsonl")),
    { ...options, onProgress }
  )
  if (Option.isNone(path)) return yield* checked
  return yield* Effect.catchReason(checked, "LedgerError", "Missing", () => noLedgerAt(path.value))
}, Effect.scoped)

const noLedgerAt = (path: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `There is no ledger at ${path}. Name the folder of a ledger or its ledger.jsonl.`
  })

const damage = (report: VerifyReport, bad: Bad): Stop =>
  new Stop({ exitCode: exitCodes.verificationFailed, message: `${bad.path} ${trouble(bad)}. ${nextStep(report, bad)}` })

const baseless = ({ path }: NonNullable<VerifyReport["lacksBase"]>): Stop =>
  new Stop({
    exitCode: exitCodes.verificationFailed,
    message: `Nobody can know the state of the pool, without older segments and without ${path}. ${restoreBase}`
  })

const incomplete = ({ checkpoints, path }: VerifyReport): Stop => {
  const isOther = checkpoints.every(({ verdict }) => verdict === "another ledger" || verdict === "held")
  return new Stop({
    exitCode: exitCodes.verificationFailed,
    message: isOther
      ? `A checkpoint is of another ledger than ${path}. Name the ledger that it was taken of.`
      : `${path} is not what it was when a checkpoint was taken: events were cut off or rewritten. Put a backup beside it and compare.`
  })
}
