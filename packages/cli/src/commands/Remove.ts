/** `daybook remove` */
import type { Credential } from "@daybook/pool/PoolState"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { confirmed, yesFlag } from "../Confirm.ts"
import type { Outcome } from "../json/Act.ts"
import { asError, credentialArgument, operate } from "../Operate.ts"
import { stillThere } from "../render/StillThere.ts"
import * as WritePool from "../WritePool.ts"

export const remove = Command.make(
  "remove",
  { credential: credentialArgument, yes: yesFlag, sandbox: WritePool.sandboxFlag },
  ({ credential: name, sandbox, yes }) =>
    operate({
      command: "remove",
      name,
      sandbox,
      ask: (credential) => (credential.removed ? Effect.void : confirmed(question(credential), yes)),
      act: (operator, credential) =>
        operator.remove(credential.id).pipe(
          Effect.map(({ length }): Outcome => ({
            outcome: length === 0 ? "unchanged" : "removed",
            says: [
              `${credential.id} ${length === 0 ? "was removed before" : "is out of the pool"}.`,
              stillThere(credential)
            ].join(" ")
          })),
          Effect.catchTag("RefreshError", (error) => Effect.fail(asError(error)))
        )
    })
).pipe(
  Command.withDescription(
    "Takes one credential out of the pool, for good. Other credentials stay, and files of other programs are not changed"
  )
)

const question = ({ id, provider }: Credential): string => `Remove ${id} (${provider}) from the pool?`
