/** `daybook prioritise` */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { exitCodes } from "../ExitCode.ts"
import { Stop } from "../Stop.ts"
import { credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

const priorityOf = (typed: string): Effect.Effect<number, Stop> =>
  /^\d+$/.test(typed) && Number.isSafeInteger(Number(typed))
    ? Effect.succeed(Number(typed))
    : Effect.fail(
        new Stop({
          exitCode: exitCodes.usage,
          message: `"${typed}" is not a priority. Give a whole number, 0 or more.`
        })
      )

export const prioritise = Command.make(
  "prioritise",
  {
    credential: credentialArgument,
    priority: Argument.String("priority").pipe(Argument.withDescription("The lowest number is asked first; 0 or more")),
    sandbox: WritePool.sandboxFlag
  },
  Effect.fnUntraced(function* ({ credential: name, priority: typed, sandbox }) {
    const priority = yield* priorityOf(typed)
    yield* operate({
      command: "prioritise",
      name,
      sandbox,
      act: (operator, { id }) =>
        Effect.map(operator.prioritise(id, priority), ({ length }) => ({
          outcome: length === 0 ? "unchanged" : "prioritised",
          says: `${id} ${length === 0 ? "has" : "now has"} priority ${priority}.`
        }))
    })
  })
).pipe(Command.withDescription("Gives a credential another place in the order in which those of a provider are asked"))
