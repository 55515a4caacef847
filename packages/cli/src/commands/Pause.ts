/** `daybook pause` */
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { credentialArgument, operate } from "../Operate.ts"
import * as WritePool from "../WritePool.ts"

export const pause = Command.make(
  "pause",
  {
    credential: credentialArgument,
    keepalive: Flag.Boolean("keepalive").pipe(
      Flag.withDescription("Refresh it all the same before it lapses"),
      Flag.withDefault(false)
    ),
    sandbox: WritePool.sandboxFlag
  },
  ({ credential: name, keepalive, sandbox }) =>
    operate({
      command: "pause",
      name,
      sandbox,
      act: (operator, { id }) =>
        Effect.map(operator.pause(id, { keepalive }), (events) => ({
          outcome: events.length === 0 ? "unchanged" : "paused",
          says: `${id} is paused${events.length === 0 ? " already" : ""}: ${
            keepalive ? "it is only refreshed before it lapses" : "nothing is sent with it"
          }. \`daybook resume ${id}\` puts it back into use.`
        }))
    })
).pipe(
  Command.withDescription(
    "Takes a credential out of use, in every process, until it is resumed. It is not served and nothing is sent with it"
  )
)
