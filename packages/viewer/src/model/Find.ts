/**
 * Numbers of the events that a filter means. What asks for lanes, actors and types alone is found in the columns, where they are
 * read; all else is looked for in the lines.
 */
import type { Filter } from "../Questions.ts"
import type { Places } from "./KnownColumns.ts"
import type { LegendBook } from "./LegendBook.ts"
import { Matching } from "./Matching.ts"
import type { Reading } from "./Reading.ts"

export const find = async (reading: Reading, filter: Filter, signal: AbortSignal): Promise<Float64Array> => {
  const { about, book, head, known } = reading
  const places = placesOf(filter, book)
  const found = places === undefined ? [] : known.find(places)
  const to = places === undefined ? head : (known.from ?? head + 1) - 1
  return Float64Array.from([...(await findInLines(reading, filter, { from: about.first, to, signal })), ...found])
}

type Part = { readonly from: number; readonly to: number; readonly signal: AbortSignal }

const findInLines = async ({ book, source }: Reading, filter: Filter, part: Part): Promise<ReadonlyArray<number>> => {
  const found: Array<number> = []
  if (part.from > part.to) return found
  const matching = new Matching(filter, (event) => book.credential(event))
  const types = filter.types.length === 0 ? undefined : new Set(filter.types)
  await source.lines({ ...part, types, names: matching.names }, (line) => {
    if (matching.isMeant(line)) found.push(seqOf(line))
  })
  return found
}

const seqOf = (line: string): number => Number(/^\{"seq":(\d{1,15}),/.exec(line)?.[1])

/** Undefined if the columns do not tell. */
const placesOf = ({ actors, credentials, text, types, verdicts }: Filter, book: LegendBook): Places | undefined => {
  if (text.trim() !== "" || verdicts.length > 0) return undefined
  const [lane, actor, type] = [
    placesIn(book, "lane", credentials),
    placesIn(book, "actor", actors),
    placesIn(book, "type", types)
  ]
  return lane === "unknown" || actor === "unknown" || type === "unknown" ? undefined : { lane, actor, type }
}

const placesIn = (
  book: LegendBook,
  column: "lane" | "actor" | "type",
  names: ReadonlyArray<string>
): ReadonlySet<number> | undefined | "unknown" => {
  const places = names.flatMap((name) => book.placeOf(column, name) ?? [])
  if (places.length < names.length) return "unknown"
  return names.length === 0 ? undefined : new Set(places)
}
