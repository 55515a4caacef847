/** `daybook exec` */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import { environmentFor } from "../ExecEnvironment.ts"
import { tokensFor } from "../ExecTokens.ts"
import * as Output from "../Output.ts"
import { settings } from "../Root.ts"
import { runInPlace } from "../RunCommand.ts"
import { Stop } from "../Stop.ts"
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
    const [program, ...args] = yield* afterDashes(command, process.argv)
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

/** Without the dashes a flag of the command would be taken for one of ours. */
const afterDashes = (
  command: ReadonlyArray<string>,
  argv: ReadonlyArray<string>
): Effect.Effect<readonly [string, ...Array<string>], Stop> => {
  const dashes = argv.indexOf("--")
  const trailing = dashes === -1 ? [] : argv.slice(dashes + 1)
  const [program, ...args] = trailing
  if (program === undefined || program === "")
    return usage(`Name the command after --, such as \`${example(command)}\`.`)
  return trailing.length === command.length
    ? Effect.succeed([program, ...args])
    : usage(`Put -- before the whole command: \`${example(command)}\`.`)
}

const example = (command: ReadonlyArray<string>): string =>
  `daybook exec -- ${command.length === 0 ? "npm test" : command.join(" ")}`

const usage = (message: string) => Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))
