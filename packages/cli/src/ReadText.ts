/** The text of a file that a person named; `-` is standard input. */
import { expand } from "daybook/Home"
import { Data, Effect, Stdio, Stream } from "effect"
import { readFile } from "node:fs/promises"

/** `path` is in words if it is standard input; `why` is the system's code. */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly path: string; readonly why: string }> {}

export const nameOf = (file: string): string => (file === "-" ? "standard input" : expand(file))

export const readText = (file: string): Effect.Effect<string, Unreadable, Stdio.Stdio> =>
  file === "-" ? standardInput : textOf(expand(file))

/** All of it, or as soon as there is more than `most` characters, only these. */
export const textOnStdin = (most: number): Effect.Effect<string, Unreadable, Stdio.Stdio> =>
  Stdio.Stdio.use(({ stdin }) => {
    let length = 0
    return Stream.decodeText(stdin).pipe(
      Stream.takeUntil((part) => (length += part.length) >= most),
      Stream.mkString
    )
  }).pipe(
    Effect.map((text) => text.slice(0, most)),
    Effect.mapError(({ message }) => new Unreadable({ path: "standard input", why: message }))
  )

export const standardInput: Effect.Effect<string, Unreadable, Stdio.Stdio> = textOnStdin(Infinity)

const textOf = (path: string): Effect.Effect<string, Unreadable> =>
  Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) => new Unreadable({ path, why: (cause as NodeJS.ErrnoException).code ?? String(cause) })
  })
