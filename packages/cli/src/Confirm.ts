/** Asks before something that is not undone in a moment. Nobody is asked without a terminal: `--yes` says it then. */
import { Effect } from "effect"
import { Flag, Prompt } from "effect/cli"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

export const yesFlag = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDescription("Do not ask; needed where there is no terminal"),
  Flag.withDefault(false)
)

/** Ends the command unless the answer is yes. */
export const confirmed = Effect.fnUntraced(function* (question: string, yes: boolean) {
  if (yes) return
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    return yield* new Stop({
      exitCode: exitCodes.usage,
      message: `${question}\nThere is no terminal to ask on; nothing was changed. Say so with --yes.`
    })
  }
  const isSure = yield* Effect.orElseSucceed(Prompt.run(Prompt.Confirm({ message: question })), () => false)
  if (!isSure) return yield* new Stop({ exitCode: exitCodes.error, message: "Nothing was changed." })
})
