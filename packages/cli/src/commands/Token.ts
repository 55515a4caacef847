/** `daybook token` */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { carriable } from "../Carriable.ts"
import { definitionOf } from "../Definition.ts"
import { exitCodes } from "../ExitCode.ts"
import { obtain } from "../Obtain.ts"
import * as Output from "../Output.ts"
import { type Format, formats, textOf } from "../render/TokenText.ts"
import { settings } from "../Root.ts"
import { Stop } from "../Stop.ts"
import * as WritePool from "../WritePool.ts"

export const token = Command.make(
  "token",
  {
    provider: Argument.String("provider").pipe(Argument.withDescription("Such as openai-codex")),
    credential: Flag.String("credential").pipe(Flag.withDescription("Only this one, by id or label"), Flag.optional),
    model: Flag.String("model").pipe(
      Flag.withDescription("Pass over credentials on which this model is benched"),
      Flag.optional
    ),
    format: Flag.Literals("format", formats).pipe(
      Flag.withDescription(
        "raw, the default, is the token and a newline; env is for a shell's eval, aws for credential_process"
      ),
      Flag.optional
    ),
    recover: Flag.Boolean("recover").pipe(
      Flag.withDescription(
        "If a login of the pool's own is lost, look for one of the same account in other programs' files"
      ),
      Flag.withDefault(false)
    ),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ format, ...request }) {
    const told = yield* settings
    const chosen = yield* formatOf(format, told.json)
    const served = yield* obtain(told, request)
    yield* carriable(served)
    yield* Output.lines(textOf[chosen](served, definitionOf(served.provider)))
  })
).pipe(
  Command.withDescription("Prints a token worth sending, refreshed first if it must be. Exit code 3 if there is none")
)

const formatOf = (format: Option.Option<Format>, json: boolean): Effect.Effect<Format, Stop> => {
  const chosen = Option.getOrElse(format, () => (json ? "json" : "raw"))
  return json && chosen !== "json"
    ? Effect.fail(new Stop({ exitCode: exitCodes.usage, message: `Give --json or --format ${chosen}, not both.` }))
    : Effect.succeed(chosen)
}
