/** `daybook verify` */
import { type VerifyReport, verify as walk } from "@daybook/ledger/Verify"
import { expand } from "daybook/Home"
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { exitCodes } from "../ExitCode.ts"
import * as Output from "../Output.ts"
import { verifyLines } from "../render/VerifyLines.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

export const verify = Command.make(
  "verify",
  {
    path: Argument.String("path").pipe(
      Argument.withDescription("A ledger file, or its folder; default the pool's own"),
      Argument.optional
    )
  },
  Effect.fnUntraced(function* ({ path }) {
    const { home, json, paint } = yield* settings
    const report = yield* walk(Option.isSome(path) ? yield* existing(expand(path.value)) : join(home, "ledger.jsonl"))
    yield* json ? Output.document(verifyJson(report)) : Output.lines(verifyLines(report, paint))
    if (!report.isConsistent) return yield* damage(report)
  })
).pipe(Command.withDescription("Checks every byte of a ledger. Exit code 4 if it is not what its writers wrote"))

const existing = (path: string): Effect.Effect<string, Stop> =>
  existsSync(path)
    ? Effect.succeed(path)
    : Effect.fail(
        new Stop({ exitCode: exitCodes.error, message: `There is no ${path}. Name a ledger file or its folder.` })
      )

const verifyJson = ({ firstBad, ledger, tornTail, ...report }: VerifyReport) => ({
  ...report,
  ledger: ledger ?? null,
  tornTail: tornTail ?? null,
  firstBad: firstBad ?? null
})

const damage = ({ firstBad, head, path }: VerifyReport): Stop =>
  new Stop({
    exitCode: exitCodes.damaged,
    message: `${path} is damaged at line ${firstBad?.line}, byte ${firstBad?.offset}. ${
      head.seq === 0
        ? "Not even its first event can be read: name a ledger.jsonl or its folder, if this is none."
        : `Keep the file; what stands before it, up to event ${head.seq}, is whole.`
    }`
  })
