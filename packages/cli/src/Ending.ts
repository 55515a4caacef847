/** How a process of ours ends when something went wrong, and where it says so. */
import { Cause, Console, Effect, Logger } from "effect"
import * as Deaths from "./Deaths.ts"
import { failureOf } from "./Failure.ts"
import * as Output from "./Output.ts"

export const fail = Effect.fnUntraced(function* (error: unknown) {
  const { exitCode, message } = failureOf(error)
  if (message !== "") yield* Console.error(message)
  Deaths.sayBeside(message)
  process.exitCode = exitCode
})

/** A mistake of ours, not of the user: with its trace, to be reported. */
export const confess = Effect.fnUntraced(function* (defect: unknown) {
  yield* Console.error(`This is a bug in Daybook; please report it.\n${Cause.pretty(Cause.die(defect))}`)
  process.exitCode = 1
})

/** Only tokens and answers go to stdout; what goes wrong meanwhile is said on stderr, in the words of the errors. */
export const logger = Logger.layer([
  Logger.make(({ cause, message }) => {
    const trace = cause.reasons.length === 0 ? [] : [Cause.pretty(cause)]
    Output.sayOnce([message, trace].flat(2).map(String).join("\n"))
  })
])
