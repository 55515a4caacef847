#!/usr/bin/env node
/** The command `daybook`. */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { runMain } from "@effect/platform-node/NodeRuntime"
import * as Otlp from "daybook/Otlp"
import { Console, Effect, Layer } from "effect"
import { CliOutput, Command } from "effect/cli"
import { archive } from "./commands/Archive.ts"
import { checkpoint } from "./commands/Checkpoint.ts"
import { classify } from "./commands/Classify.ts"
import { corpus } from "./commands/Corpus.ts"
import { diff } from "./commands/Diff.ts"
import { doctor } from "./commands/Doctor.ts"
import { enrol } from "./commands/Enrol.ts"
import { exec } from "./commands/Exec.ts"
import { explain } from "./commands/Explain.ts"
import { bundle } from "./commands/Bundle.ts"
import { exportEvents } from "./commands/Export.ts"
import { hash } from "./commands/Hash.ts"
import { importLogin } from "./commands/Import.ts"
import { list } from "./commands/List.ts"
import { login } from "./commands/Login.ts"
import { log } from "./commands/Log.ts"
import { logout } from "./commands/Logout.ts"
import { pause } from "./commands/Pause.ts"
import { prioritise } from "./commands/Prioritise.ts"
import { refresh } from "./commands/Refresh.ts"
import { relabel } from "./commands/Relabel.ts"
import { remove } from "./commands/Remove.ts"
import { repair } from "./commands/Repair.ts"
import { resume } from "./commands/Resume.ts"
import { revive } from "./commands/Revive.ts"
import { show } from "./commands/Show.ts"
import { start } from "./commands/Start.ts"
import { status } from "./commands/Status.ts"
import { story } from "./commands/Story.ts"
import { token } from "./commands/Token.ts"
import { verify } from "./commands/Verify.ts"
import * as Arguments from "./Arguments.ts"
import * as Deaths from "./Deaths.ts"
import * as Ending from "./Ending.ts"
import { version } from "./internal/Version.ts"
import { root } from "./Root.ts"

const daybook = root.pipe(
  Command.withSubcommands([
    start,
    status,
    list,
    show,
    diff,
    log,
    story,
    exportEvents,
    bundle,
    hash,
    login,
    explain,
    token,
    exec,
    enrol,
    refresh,
    pause,
    resume,
    revive,
    remove,
    relabel,
    prioritise,
    importLogin,
    logout,
    doctor,
    verify,
    checkpoint,
    archive,
    repair,
    corpus,
    classify
  ]),
  (command) => Command.runWith(command, { version })
)

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
