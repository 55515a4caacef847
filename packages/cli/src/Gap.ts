/** A length of time as a person types it: `500ms`, `2s`, `1.5m`, `1h`. */
import { Effect } from "effect"
import { exitCodes } from "./ExitCode.ts"
import { Stop } from "./Stop.ts"

const millisIn: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** In milliseconds. `flag` is where it stands. */
export const read = (text: string, flag: string): Effect.Effect<number, Stop> => {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const millis = Number(amount) * (millisIn[unit] ?? Number.NaN)
  return Number.isNaN(millis)
    ? Effect.fail(
        new Stop({
          exitCode: exitCodes.usage,
          message: `${flag} ${text}: that is no length of time. Give 500ms, 2s, 5m or 1h.`
        })
      )
    : Effect.succeed(millis)
}
