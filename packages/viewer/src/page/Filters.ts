/**
 * A filter as a person writes it: free words, and `type:`, `actor:`, `credential:`, `verdict:` before a word or a text in
 * quotes. Written out and read again it is the same filter.
 */
import type { Legend } from "../Picture.ts"
import type { Filter } from "../Questions.ts"

export const noFilter: Filter = { text: "", types: [], actors: [], credentials: [], verdicts: [] }

const lists = { type: "types", actor: "actors", credential: "credentials", verdict: "verdicts" } as const
export type FilterField = keyof typeof lists
export const filterFields = Object.keys(lists) as ReadonlyArray<FilterField>

export const listOf = (field: FilterField): (typeof lists)[FilterField] => lists[field]

export const isEmpty = (filter: Filter): boolean => writeFilter(filter) === ""

const term = /(?:(type|actor|credential|verdict):)?(?:"((?:[^"\\]|\\.)*)"|(\S+))/giu

export const readFilter = (input: string): Filter => {
  const words: Array<string> = []
  const found = {
    types: [] as Array<string>,
    actors: [] as Array<string>,
    credentials: [] as Array<string>,
    verdicts: [] as Array<string>
  }
  for (const [, field, quoted, bare] of input.matchAll(term)) {
    const value = quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/gsu, "$1")
    if (value === "") continue
    if (field === undefined) words.push(value)
    else found[lists[field.toLowerCase() as FilterField]].push(value)
  }
  return { text: words.join(" "), ...found }
}

export const writeFilter = (filter: Filter): string =>
  [
    ...wordsOf(filter.text).map(written),
    ...filterFields.flatMap((field) => filter[lists[field]].map((value) => `${field}:${quotedIfNeeded(value)}`))
  ].join(" ")

const wordsOf = (text: string): ReadonlyArray<string> => text.split(/\s+/u).filter((word) => word !== "")

/** A word that would be read as something else stands in quotes. */
const written = (word: string): string =>
  /^(type|actor|credential|verdict):/iu.test(word) || word.startsWith('"') ? quotedIfNeeded(word, true) : word

const quotedIfNeeded = (value: string, always = false): string =>
  always || /[\s"\\]/u.test(value) ? `"${value.replace(/["\\]/gu, "\\$&")}"` : value

/** With or without one more value in a field. */
export const toggled = (filter: Filter, field: FilterField, value: string): Filter => {
  const list = filter[lists[field]]
  return { ...filter, [lists[field]]: list.includes(value) ? list.filter((one) => one !== value) : [...list, value] }
}

/** Names as people write them, in any case, become those of the ledger; what nothing is called stays, and matches nothing. */
export const resolved = (filter: Filter, legend: Legend): Filter => ({
  ...filter,
  types: filter.types.flatMap((name) => called(legend.types, name, (type) => [type])),
  actors: filter.actors.flatMap((name) =>
    called(
      legend.actors,
      name,
      ({ id, name }) => [id, name],
      ({ id }) => id
    )
  ),
  credentials: filter.credentials.flatMap((name) =>
    called(
      legend.lanes,
      name,
      ({ credential, label }) => [credential, label ?? ""],
      ({ credential }) => credential
    )
  )
})

const called = <A>(
  all: ReadonlyArray<A>,
  name: string,
  names: (one: A) => ReadonlyArray<string>,
  id: (one: A) => string = (one) => names(one)[0] ?? ""
): ReadonlyArray<string> => {
  const wanted = name.toLowerCase()
  const found = all.filter((one) => names(one).some((known) => known.toLowerCase() === wanted))
  return found.length === 0 ? [name] : found.map(id)
}
