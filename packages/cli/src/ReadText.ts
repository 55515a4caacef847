/** The text of a file that a person named; `-` is standard input. */
import { expand } from "daybook/Home"
import { Data, Effect, Stdio, Stream } from "effect"
import { readFile } from "node:fs/promises"

/** `path` is in words if it is standard input; `why` is the system's code. */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly path: string; readonly why: string }> {}

export const nameOf = (file: string): string => (file === "-" ? "standard input" : expand(file))

export const readText = (file: string): Effect.Effect<string, Unreadable, Stdio.Stdio> =>
  file === "-" ? standardInput : textOf(expand(file))

export const standardInput: Effect.Effect<string, Unreadable, Stdio.Stdio> = Stdio.Stdio.use(({ stdin }) =>
  Stream.mkString(Stream.decodeText(stdin))
).pipe(Effect.mapError(({ message }) => new Unreadable({ path: "standard input", why: message })))

const textOf = (path: string): Effect.Effect<string, Unreadable> =>
  Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) => new Unreadable({ path, why: (cause as NodeJS.ErrnoException).code ?? String(cause) })
  })
