/** Checkpoints out of the files that a person kept them in: a note, a mail, a repository. */
import { type Checkpoint, findAll } from "@daybook/ledger/Checkpoint"
import { expand } from "daybook/Home"
import { Effect, Stdio, Stream } from "effect"
import { readFile } from "node:fs/promises"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

/** All checkpoints in a file; `-` is standard input. Fails if there is none. */
export const readFrom = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<ReadonlyArray<Checkpoint>, Stop, Stdio.Stdio> {
  const found = findAll(yield* file === "-" ? standardInput : textOf(expand(file)))
  return found.length === 0 ? yield* none(file === "-" ? "standard input" : expand(file)) : found
})

const standardInput = Stdio.Stdio.use(({ stdin }) => Stream.mkString(Stream.decodeText(stdin))).pipe(
  Effect.mapError(({ message }) => unreadable("standard input", message))
)

const textOf = (path: string): Effect.Effect<string, Stop> =>
  Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) => unreadable(path, (cause as NodeJS.ErrnoException).code ?? String(cause))
  })

const unreadable = (path: string, why: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `Cannot read ${path} (${why}). Name a file with a line that \`daybook checkpoint\` printed.`
  })

const none = (path: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message:
      `There is no checkpoint in ${path}. It is one line, as \`daybook checkpoint\` prints it: ` +
      "daybook-checkpoint-1, the ledger's id, a number, a hash and a time."
  })
