/** The command that a person names after `--`. */
import { Effect } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

/**
 * `named` is what `effect/cli` took for it. Without the dashes a flag of the command would be taken for one of ours.
 * `ours`: what stands before the dashes, such as `daybook exec`; `example`: a command, where none was named.
 */
export const afterDashes = (
  named: ReadonlyArray<string>,
  argv: ReadonlyArray<string>,
  { example, ours }: { readonly ours: string; readonly example: string }
): Effect.Effect<readonly [string, ...Array<string>], Stop> => {
  const dashes = argv.indexOf("--")
  const trailing = dashes === -1 ? [] : argv.slice(dashes + 1)
  const [program, ...args] = trailing
  const shown = `${ours} -- ${named.length === 0 ? example : named.join(" ")}`
  if (program === undefined || program === "") return usage(`Name the command after --, such as \`${shown}\`.`)
  return trailing.length === named.length
    ? Effect.succeed([program, ...args])
    : usage(`Put -- before the whole command: \`${shown}\`.`)
}

const usage = (message: string) => Effect.fail(new Stop({ exitCode: exitCodes.usage, message }))
