/** `daybook exec` */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { afterDashes } from "../AfterDashes.ts"
import { environmentFor } from "../ExecEnvironment.ts"
import { tokensFor } from "../ExecTokens.ts"
import * as Output from "../Output.ts"
import { settings } from "../Root.ts"
import { runInPlace } from "../RunCommand.ts"
import * as WritePool from "../WritePool.ts"

export const exec = Command.make(
  "exec",
  {
    command: Argument.String("command").pipe(
      Argument.withDescription("After --: the program and its arguments"),
      Argument.variadic()
    ),
    providers: Flag.String("provider").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("Only this one's token, and an error if it has none; may be given again"),
      Flag.atLeast(0)
    ),
    credentials: Flag.String("credential").pipe(
      Flag.withDescription("The token of this one, by id or label; may be given again"),
      Flag.atLeast(0)
    ),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ command, credentials, providers, sandbox }) {
    const [program, ...args] = yield* afterDashes(command, process.argv, { ours: "daybook exec", example: "npm test" })
    const told = yield* settings
    const tokens = yield* tokensFor(told, { credentials, providers, sandbox })
    const { environment, warnings } = environmentFor(tokens, process.env)
    warnings.forEach(Output.sayOnce)
    return yield* runInPlace(program, args, environment)
  })
).pipe(
  Command.withDescription(
    "Runs a command with tokens in its environment, in the variables that the providers' client libraries read: daybook exec -- COMMAND"
  )
)
