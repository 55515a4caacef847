/** Whether a header or a variable of the environment can carry a token as it is. */
import { Effect, Redacted } from "effect"
import { exitCodes } from "./ExitCode.ts"
import type { Served } from "./handover/Task.ts"
import { Stop } from "./Stop.ts"

/** A line break in a token would begin a header, or a command, of its own. */
export const carriable = ({ credential, provider, tokens }: Served): Effect.Effect<void, Stop> =>
  /^[\x21-\x7e]+$/.test(Redacted.value(tokens.access))
    ? Effect.void
    : Effect.fail(
        new Stop({
          exitCode: exitCodes.error,
          message: `The token of ${credential} (${provider}) has a blank or a control character in it, so it cannot be one. Put the right one into its store.`
        })
      )
