/** Where a long answer goes, piece by piece: standard output, or a new file. Whoever writes waits until it is taken. */
import { expand } from "daybook/Home"
import { Effect, Exit, Option, type Scope } from "effect"
import * as fs from "node:fs/promises"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

export type Write = (text: string) => Effect.Effect<void, Stop>

/** A file must not be there yet: nothing is overwritten. It is for its owner alone, and goes if it cannot be written whole. */
export const open = (named: Option.Option<string>): Effect.Effect<Write, Stop, Scope.Scope> =>
  Option.match(named, { onNone: () => Effect.succeed(toStdout), onSome: (path) => toFile(expand(path)) })

const toStdout: Write = (text) =>
  Effect.callback<void>((resume) => {
    process.stdout.write(text, () => resume(Effect.void))
  })

const toFile = Effect.fnUntraced(function* (path: string): Effect.fn.Return<Write, Stop, Scope.Scope> {
  const file = yield* Effect.acquireRelease(
    attempt(path, () => fs.open(path, "wx", 0o600)),
    (file, exit) =>
      Effect.promise(() => file.close().then(() => (Exit.isSuccess(exit) ? undefined : fs.rm(path, { force: true }))))
  )
  return (text) => Effect.asVoid(attempt(path, () => file.appendFile(text)))
})

const attempt = <A>(path: string, call: () => Promise<A>): Effect.Effect<A, Stop> =>
  Effect.tryPromise({ try: call, catch: (cause) => failure(path, (cause as NodeJS.ErrnoException).code) })

const failure = (path: string, code: string | undefined): Stop =>
  new Stop({ exitCode: exitCodes.error, message: messageOf(path, code) })

const messageOf = (path: string, code = "for an unknown reason"): string => {
  switch (code) {
    case "EEXIST":
      return `${path} is there already. Name another file; nothing is overwritten.`
    case "ENOSPC":
    case "EDQUOT":
      return `${path} cannot be written (${code}). Free space there, or name a file on another disk.`
    default:
      return `${path} cannot be written (${code}). Name a file in a folder that is there and yours.`
  }
}
