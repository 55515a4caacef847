/** The folder of a ledger, as a person names it: the folder, or the `ledger.jsonl` in it. */
import { expand } from "daybook/Home"
import { Effect, Option } from "effect"
import { Argument } from "effect/cli"
import { statSync } from "node:fs"
import { basename, dirname } from "node:path"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

export const argument = Argument.String("path").pipe(
  Argument.withDescription("A ledger's folder, or its ledger.jsonl; default the pool's own"),
  Argument.optional
)

/** `home` if nothing is named. */
export const find = (named: Option.Option<string>, home: string): Effect.Effect<string, Stop> =>
  Effect.suspend(() => {
    const path = Option.match(named, { onNone: () => home, onSome: expand })
    if (basename(path) === "ledger.jsonl") return Effect.succeed(dirname(path))
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
      ? Effect.fail(noFolder(path))
      : Effect.succeed(path)
  })

const noFolder = (path: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `${path} is not a ledger's folder. Name the folder, or the ledger.jsonl in it.`
  })
