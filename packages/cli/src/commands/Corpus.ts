/** `daybook corpus` */
import { classifierVersion } from "@daybook/oauth/Rules"
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { checkText, type CheckedFile } from "../CheckCorpus.ts"
import { exitCodes } from "../ExitCode.ts"
import * as Output from "../Output.ts"
import { nameOf, readText, type Unreadable } from "../ReadText.ts"
import { corpusJson, corpusLines, unusableLines } from "../render/CorpusLines.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"

export const corpus = Command.make(
  "corpus",
  {
    files: Argument.String("file").pipe(
      Argument.withDescription("JSON Lines of recorded answers and the verdict each must get; - for stdin"),
      Argument.atLeast(1)
    )
  },
  Effect.fnUntraced(function* ({ files }) {
    const { json, paint } = yield* settings
    const checked = yield* Effect.forEach(files, (file) =>
      Effect.map(Effect.mapError(readText(file), unreadable), (text) => checkText(nameOf(file), text))
    )
    yield* json ? Output.document(corpusJson(checked, classifierVersion)) : Output.lines(corpusLines(checked, paint))
    yield* Effect.forEach(unusableLines(checked), (line) => Console.error(line), { discard: true })
    yield* Effect.forEach(checked, empty, { discard: true })
    if (checked.some(({ unusable }) => unusable.length > 0)) return yield* done(exitCodes.error)
    if (checked.some(({ wrong }) => wrong.length > 0)) return yield* done(exitCodes.verificationFailed)
  })
).pipe(
  Command.withDescription(
    "Classifies recorded answers of providers, and says which get another verdict than they must. Exit code 4 if any does"
  )
)

const unreadable = ({ path, why }: Unreadable) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `Cannot read ${path} (${why}). Name a file of recorded answers, a JSON object a line.`
  })

const empty = ({ path, rows, unusable }: CheckedFile) =>
  rows === 0 && unusable.length === 0
    ? Effect.fail(
        new Stop({
          exitCode: exitCodes.error,
          message: `There is no recorded answer in ${path}. Each line is a JSON object with id, surface, provider, response and expect.`
        })
      )
    : Effect.void

/** Everything has been said. */
const done = (exitCode: 1 | 4) => new Stop({ exitCode, message: "" })
