/** `daybook resume` */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

export const resume = Command.make(
  "resume",
  { credential: credentialArgument, sandbox: WritePool.sandboxFlag },
  ({ credential: name, sandbox }) =>
    operate({
      command: "resume",
      name,
      sandbox,
      act: (operator, { id }) =>
        Effect.map(operator.resume(id), ({ length }) => ({
          outcome: length === 0 ? "unchanged" : "resumed",
          says: length === 0 ? `${id} was neither paused nor benched.` : `${id} is in use again.`
        }))
    })
).pipe(
  Command.withDescription(
    "Puts a credential back into use: a pause ends, and so does a bench. If what benched it still holds, it is benched again"
  )
)
