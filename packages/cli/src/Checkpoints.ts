/** Checkpoints out of the files that a person kept them in: a note, a mail, a repository. */
import { type Checkpoint, findAll } from "@daybook/ledger/Checkpoint"
import { Effect, type Stdio } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { nameOf, readText, type Unreadable } from "./ReadText.ts"
import { Stop } from "./Stop.ts"

/** All checkpoints in a file; `-` is standard input. Fails if there is none. */
export const readFrom = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<ReadonlyArray<Checkpoint>, Stop, Stdio.Stdio> {
  const found = findAll(yield* Effect.mapError(readText(file), unreadable))
  return found.length === 0 ? yield* none(nameOf(file)) : found
})

const unreadable = ({ path, why }: Unreadable) =>
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
