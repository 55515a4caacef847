/** A command line, taken apart and run in this process as the command does. */
import { commandsFor } from "@daybook/cli/CommandTable"
import { root } from "@daybook/cli/Root"
import { Effect } from "effect"
import { Command } from "effect/cli"

export const run = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const commands = yield* Effect.promise(() => commandsFor(words))
  yield* Command.runWith(Command.withSubcommands(root, commands), { version: "0" })(words)
})
