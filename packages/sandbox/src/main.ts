/**
 * Runs a sandbox as a process: `node src/main.ts [--port N] [--options JSON]`.
 *
 * Prints one line, `{"origin":"http://127.0.0.1:PORT"}`, and serves until SIGTERM or SIGINT. Exit codes: 0 ended by a
 * signal, 1 could not start, 2 wrong arguments.
 */
import { Data, Effect, Predicate, Schema } from "effect"
import { parseArgs } from "node:util"
import { Sandbox, SandboxOptions } from "./Sandbox.ts"

const usage = "Usage: main.ts [--port N] [--options JSON]; the options are those of Sandbox.make."

const Port = Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65_535 }))

class Stopped extends Data.TaggedError("Stopped")<{ readonly exitCode: number; readonly message: string }> {}

const wrong = (what: string) => (cause: unknown) =>
  new Stopped({
    exitCode: 2,
    message: `${what}: ${Predicate.isError(cause) ? cause.message : String(cause)}\n${usage}`
  })

const parsedArguments = Effect.try({
  try: () => parseArgs({ options: { port: { type: "string" }, options: { type: "string" } } }).values,
  catch: wrong("Wrong arguments")
})

const options = Effect.gen(function* () {
  const values = yield* parsedArguments
  const given = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(SandboxOptions))(values.options ?? "{}", {
    onExcessProperty: "error"
  }).pipe(Effect.mapError(wrong("--options")))
  if (values.port === undefined) return given
  const port = yield* Effect.mapError(Schema.decodeUnknownEffect(Port)(values.port), wrong("--port"))
  return { ...given, port }
})

const serve = Effect.fnUntraced(function* (options: SandboxOptions) {
  const { origin } = yield* Effect.mapError(
    Sandbox.make(options),
    ({ message }) => new Stopped({ exitCode: 1, message })
  )
  process.stdout.write(`${JSON.stringify({ origin })}\n`)
  return yield* Effect.never
}, Effect.scoped)

const stopped = Effect.callback<void>((resume) => {
  const stop = () => resume(Effect.void)
  process.once("SIGTERM", stop).once("SIGINT", stop)
})

const complain = ({ exitCode, message }: Stopped) =>
  Effect.sync(() => {
    process.stderr.write(`${message}\n`)
    process.exitCode = exitCode
  })

Effect.runFork(Effect.raceFirst(Effect.flatMap(options, serve), stopped).pipe(Effect.catch(complain)))
