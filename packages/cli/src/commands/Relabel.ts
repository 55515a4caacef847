/** `daybook relabel` */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

export const relabel = Command.make(
  "relabel",
  {
    credential: credentialArgument,
    label: Argument.String("label").pipe(Argument.withDescription("Its new label; not an address")),
    sandbox: WritePool.sandboxFlag
  },
  ({ credential: name, label, sandbox }) =>
    operate({
      command: "relabel",
      name,
      sandbox,
      act: (operator, { id }) =>
        Effect.map(operator.relabel(id, label), ({ length }) => ({
          outcome: length === 0 ? "unchanged" : "relabelled",
          says: `${id} ${length === 0 ? "has the label" : "now has the label"} ${label}.`
        }))
    })
).pipe(
  Command.withDescription("Gives a credential another label, which counts before the one in its store. The store stays")
)
