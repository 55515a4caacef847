/** The data of a line, a field for each value, as the ledger has it. */
import type { Field } from "../Questions.ts"

/** What lies deeper stands as JSON. */
const deepest = 8

/** `evidence.status` and its value. A line is foreign text: nothing is made of it but text. */
export const fieldsOf = (line: string): ReadonlyArray<Field> => {
  const { data } = JSON.parse(line) as { readonly data?: unknown }
  return data === undefined ? [] : flattened("", data, 0)
}

const flattened = (title: string, value: unknown, depth: number): ReadonlyArray<Field> => {
  if (typeof value === "string") return [{ title, text: value }]
  if (!isDeep(value) || depth === deepest) return [{ title, text: JSON.stringify(value) }]
  return Object.entries(value).flatMap(([name, one]) =>
    flattened(title === "" ? name : `${title}.${name}`, one, depth + 1)
  )
}

/** A list of plain values is one field. */
const isDeep = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null) return false
  const inside: ReadonlyArray<unknown> = Object.values(value)
  return Array.isArray(value) ? inside.some((one) => typeof one === "object" && one !== null) : inside.length > 0
}
