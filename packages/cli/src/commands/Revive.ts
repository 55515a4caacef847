/** `daybook revive` */
import type { Revival } from "@daybook/refresher/Revival"
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Outcome } from "../json/Act.ts"
import { asError, credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

export const revive = Command.make(
  "revive",
  { credential: credentialArgument, sandbox: WritePool.sandboxFlag },
  ({ credential: name, sandbox }) =>
    operate({
      command: "revive",
      name,
      sandbox,
      act: (operator, { id }) =>
        operator.revive(id).pipe(
          Effect.map((revival) => outcomeOf(id, revival)),
          Effect.catchTag("RefreshError", (error) => Effect.fail(asError(error)))
        )
    })
).pipe(
  Command.withDescription(
    "Brings a dead credential back, with the very tokens that were judged dead: they may be sent once more. Sends nothing itself"
  )
)

const outcomeOf = (id: string, revival: Revival): Outcome => {
  if (revival._tag === "Revived") {
    return {
      outcome: "revived",
      says: `${id} is revived. The next one to need a token sends its old one once; \`daybook refresh ${id}\` does so now.`
    }
  }
  return revival.replaced
    ? { outcome: "replaced", says: `${id} is alive: its store holds a newer login, which is used.` }
    : { outcome: "unchanged", says: `${id} is not dead; there is nothing to revive.` }
}
