/** The command `daybook`, from a command line to an exit code. */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { runMain } from "@effect/platform-node/NodeRuntime"
import * as Otlp from "daybook/Otlp"
import { Console, Effect, Layer } from "effect"
import { CliOutput, Command } from "effect/cli"
import * as Arguments from "./Arguments.ts"
import { commandsFor } from "./CommandTable.ts"
import * as Deaths from "./Deaths.ts"
import * as Ending from "./Ending.ts"
import { version } from "./internal/Version.ts"
import * as Printed from "./Printed.ts"
import { root } from "./Root.ts"

const daybook = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const commands = yield* Effect.promise(() => commandsFor(words))
  yield* Command.runWith(Command.withSubcommands(root, commands), { version })(words)
})

/** What looks wrong may be meant for the command that `exec` is to run. */
const dashesForgotten = (path: ReadonlyArray<string>): ReadonlyArray<string> =>
  path.at(-1) === "exec" && !process.argv.includes("--") ? ["Put -- before the command that is to be run."] : []

/** A wrong command line is said on stderr, in a few lines. */
const presenter = CliOutput.layerPresenter({
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Console.error(
          [
            ...event.errors.map(({ message }) => message),
            ...dashesForgotten(event.commandPath),
            `See \`${event.commandPath.join(" ")} --help\`.`
          ].join("\n")
        )
      : CliOutput.defaultPresenter.present(event)
})

export const run = (args: ReadonlyArray<string>): void =>
  daybook(Arguments.readable(args)).pipe(
    Effect.tap(() => Effect.sync(() => Deaths.sayBeside(""))),
    Effect.catch(Ending.fail),
    Effect.catchDefect(Ending.confess),
    Effect.provide(
      Layer.mergeAll(nodeServices, presenter, Printed.layer, Layer.provideMerge(Otlp.layer("daybook"), Ending.logger))
    ),
    runMain
  )
