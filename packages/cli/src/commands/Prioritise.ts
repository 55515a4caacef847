/** `daybook prioritise` */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

export const prioritise = Command.make(
  "prioritise",
  {
    credential: credentialArgument,
    priority: Argument.Int("priority").pipe(
      Argument.withDescription("The lowest number is asked first; 0 or more"),
      Argument.filter(
        (priority) => Number.isSafeInteger(priority) && priority >= 0,
        (priority) => `${priority} is not a priority. Give a whole number, 0 or more`
      )
    ),
    sandbox: WritePool.sandboxFlag
  },
  ({ credential: name, priority, sandbox }) =>
    operate({
      name,
      sandbox,
      act: (operator, { id }) =>
        Effect.map(operator.prioritise(id, priority), ({ length }) => ({
          outcome: length === 0 ? "unchanged" : "prioritised",
          says: `${id} ${length === 0 ? "has" : "now has"} priority ${priority}.`
        }))
    })
).pipe(Command.withDescription("Gives a credential another place in the order in which those of a provider are asked"))
