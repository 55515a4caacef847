/** The command `daybook`. */
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
import { root } from "./Root.ts"

/** Not awaited while this module is evaluated: the commands share modules with it. */
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

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
  process.exit() // a reader that has seen enough, such as head
})

daybook(Arguments.readable(process.argv.slice(2))).pipe(
  Effect.tap(() => Effect.sync(() => Deaths.sayBeside(""))),
  Effect.catch(Ending.fail),
  Effect.catchDefect(Ending.confess),
  Effect.provide(Layer.mergeAll(nodeServices, presenter, Layer.provideMerge(Otlp.layer("daybook"), Ending.logger))),
  runMain
)
