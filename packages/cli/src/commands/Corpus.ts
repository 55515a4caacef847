/** `daybook corpus` */
import { classifierVersion } from "@daybook/oauth/Rules"
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { checkText } from "../CheckCorpus.ts"
import { exitCodes } from "../ExitCode.ts"
import { Corpus, corpusJson } from "../json/Corpus.ts"
import * as Output from "../Output.ts"
import { nameOf, readText } from "../ReadText.ts"
import { corpusLines, unusableLines } from "../render/CorpusLines.ts"
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
    const [read, unreadable] = yield* Effect.partition(new Set(files), readFile)
    const checked = read.filter(({ rows, unusable }) => rows > 0 || unusable.length > 0)
    if (json) yield* Output.documentOf(Corpus, corpusJson(checked, classifierVersion))
    else if (checked.length > 0) yield* Output.lines(corpusLines(checked, paint))
    const empty = read.filter((file) => !checked.includes(file)).map(({ path }) => emptyFile(path))
    const mistakes = [...unreadable, ...empty, ...unusableLines(checked)]
    yield* Effect.forEach(mistakes, (line) => Console.error(line), { discard: true })
    if (mistakes.length > 0) return yield* done(exitCodes.error)
    if (checked.some(({ wrong }) => wrong.length > 0)) return yield* done(exitCodes.verificationFailed)
  })
).pipe(
  Command.withDescription(
    "Classifies recorded answers of providers, and says which get another verdict than they must. Exit code 4 if any does"
  )
)

const readFile = (file: string) =>
  Effect.mapBoth(readText(file), {
    onFailure: ({ path, why }) =>
      `Cannot read ${path} (${why}). Name a file of recorded answers, a JSON object a line.`,
    onSuccess: (text) => checkText(nameOf(file), text)
  })

const emptyFile = (path: string): string =>
  `There is no recorded answer in ${path}. Each line is a JSON object with id, surface, provider, response and expect.`

/** Everything has been said. */
const done = (exitCode: 1 | 4) => new Stop({ exitCode, message: "" })
