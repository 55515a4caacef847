/** What an address asks for, or a sentence on what is wrong with it. */
import { Seq } from "@daybook/pool/Ids"
import { Data, Effect } from "effect"

export class BadQuery extends Data.TaggedError("BadQuery")<{
  readonly message: string
}> {}

/** The number of an event. `least` is 0 where what stands before the first may be meant. */
export const seq = (
  query: URLSearchParams,
  name: string,
  otherwise: number | undefined,
  least: 0 | 1 = 1
): Effect.Effect<Seq, BadQuery> => {
  const text = query.get(name) ?? otherwise?.toString()
  if (text === undefined) return wrong(`${name} is missing: give the number of an event.`)
  return /^\d{1,15}$/.test(text) && Number(text) >= least
    ? Effect.succeed(Seq.make(Number(text)))
    : wrong(`${name}=${text.slice(0, 40)}: that is no number of an event.`)
}

/** Words with commas between them; nothing if there are none. */
export const words = (query: URLSearchParams, name: string): ReadonlyArray<string> | undefined => {
  const named = (query.get(name) ?? "").split(",").filter((word) => word !== "")
  return named.length === 0 ? undefined : named
}

/** What may be given several times; nothing if it is not. An empty one would stand on every line. */
export const each = (query: URLSearchParams, name: string): ReadonlyArray<string> | undefined => {
  const all = query.getAll(name).filter((text) => text !== "")
  return all.length === 0 ? undefined : all
}

export const wrong = (message: string): Effect.Effect<never, BadQuery> => Effect.fail(new BadQuery({ message }))
