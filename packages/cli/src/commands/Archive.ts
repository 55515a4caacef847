/** `daybook archive` */
import { archive as move } from "@daybook/ledger/Archive"
import type { Instant } from "@daybook/pool/Instant"
import { expand } from "daybook/Home"
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as Day from "../Day.ts"
import { exitCodes } from "../ExitCode.ts"
import { Archive } from "../json/Archive.ts"
import * as Output from "../Output.ts"
import { archiveLines } from "../render/ArchiveLines.ts"
import { settings } from "../Root.ts"
import { allowsNetworkFileSystem } from "../Settings.ts"
import { Stop } from "../Stop.ts"

const flags = {
  before: Flag.String("before").pipe(
    Flag.withMetavar("DATE"),
    Flag.withDescription(
      "Move segments whose events are all older: a day such as 2026-01-31, in UTC, or a moment with its offset"
    )
  ),
  to: Flag.String("to").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Where to; made if it is missing. Default: archive in the ledger's folder"),
    Flag.optional
  ),
  dryRun: Flag.Boolean("dry-run").pipe(Flag.withDescription("Only say what would be moved"), Flag.withDefault(false))
}

export const archive = Command.make(
  "archive",
  flags,
  Effect.fnUntraced(function* ({ before, dryRun, to }) {
    const { home, json } = yield* settings
    const target = Option.getOrUndefined(Option.map(to, expand))
    const allowNetworkFileSystem = allowsNetworkFileSystem(process.env)
    const instant = yield* instantOf(before)
    const report = yield* move({ folder: home, before: instant, to: target, dryRun, allowNetworkFileSystem })
    yield* json ? Output.documentOf(Archive, { dryRun, ...report }) : Output.lines(archiveLines(report, dryRun))
  })
).pipe(
  Command.withDescription(
    "Moves old sealed segments of the ledger away, whole. The pool stays as it is; put back, they are part of the ledger again"
  )
)

const instantOf = (text: string): Effect.Effect<Instant, Stop> =>
  Effect.mapError(
    Effect.fromOption(Day.parse(text)),
    () =>
      new Stop({
        exitCode: exitCodes.usage,
        message: `--before ${text} is no date. Give a day such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z.`
      })
  )
