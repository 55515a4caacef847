/** `daybook doctor` */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { examine } from "../Doctor.ts"
import { exitCodes } from "../ExitCode.ts"
import { Doctor } from "../json/Doctor.ts"
import * as Output from "../Output.ts"
import { doctorLines } from "../render/DoctorLines.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

export const doctor = Command.make(
  "doctor",
  {},
  Effect.fnUntraced(function* () {
    const { home, json, paint, vault } = yield* settings
    const findings = yield* examine(home, vault)
    yield* json ? Output.documentOf(Doctor, { home, findings }) : Output.lines(doctorLines(findings, paint))
    if (findings.some(({ level }) => level === "problem")) {
      return yield* new Stop({ exitCode: exitCodes.error, message: "" })
    }
  })
).pipe(
  Command.withDescription(
    "Looks at ledger, key, locks, stores and credentials for trouble. Exit code 1 if there is any; sends and writes nothing"
  )
)
