/** `daybook token` */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { obtain } from "../Obtain.ts"
import * as Output from "../Output.ts"
import { formats, textOf } from "../render/TokenText.ts"
import { settings } from "../Root.ts"
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
      Flag.withDescription("raw is the token and a newline, nothing else"),
      Flag.withDefault("raw")
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
    const served = yield* obtain(told, request)
    yield* Output.lines(textOf[told.json ? "json" : format](served))
  })
).pipe(
  Command.withDescription("Prints a token worth sending, refreshed first if it must be. Exit code 3 if there is none")
)
