/**
 * An event out of the text of its line. Ledgers write all lines alike, keys in one order and nothing between them; such
 * a text is read in a fraction of the time, and any other by `JSON.parse` and `decode`. The event is the same.
 */
import { Result, type Schema } from "effect"
import { lineKinds } from "./internal/lineKinds.ts"
import { scanLine } from "./internal/scanLine.ts"
import { decode, type Recorded } from "./Recorded.ts"

/** Reads the text of a line up to its sums. Says why it holds no event. */
export const read = (text: string): Result.Result<Recorded, string> => {
  const event = scanLine(text)
  return event !== undefined && lineKinds.get(event.type)?.isEvent(event) === true
    ? Result.succeed(event)
    : readWholly(text)
}

/**
 * Reads a text that `read` has read before and knew. Its strings and numbers are not judged again, so a text that was
 * `Unknown` for one of them may become an event.
 */
export const readAgain = (text: string): Result.Result<Recorded, string> => {
  const event = scanLine(text)
  return event === undefined ? readWholly(text) : Result.succeed(event)
}

/** The schemas by which `read` judges: whoever may compile schemas does so before the first text. */
export const schemas: ReadonlyArray<Schema.Top> = Array.from(lineKinds.values(), ({ schema }) => schema)

const readWholly = (text: string): Result.Result<Recorded, string> =>
  Result.try({ try: (): unknown => JSON.parse(`${text}}`), catch: String }).pipe(
    Result.flatMap((json) => Result.mapError(decode(json), ({ message }) => message))
  )
