/** From which event on a program wants to read. */
import { Seq } from "@daybook/pool/Ids"
import { Option, Schema } from "effect"

const toSeq = Schema.decodeUnknownOption(Seq)

/**
 * @throws RangeError
 */
export const firstEvent = (from: number | undefined): Seq | undefined => {
  if (from === undefined) return undefined
  return Option.getOrThrowWith(
    toSeq(from),
    () =>
      new RangeError(
        `No event has the number ${String(from)}. Begin at 0 or a whole number above it: the \`seq\` of an event.`
      )
  )
}
