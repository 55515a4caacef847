/** The command `daybook` before its subcommands: it holds the flags they all share. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { sharedFlags, settingsOf } from "./Settings.ts"

export const root = Command.make("daybook").pipe(
  Command.withSharedFlags(sharedFlags),
  Command.withDescription(
    "A pool of OAuth logins that several processes can share, and the ledger of what happened to each"
  )
)

/** What the shared flags say, inside a subcommand. */
export const settings = Effect.map(root, settingsOf)
