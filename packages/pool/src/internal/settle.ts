/**
 * Turns an event's data as it stands on disk into what it is in memory, in place: instants become numbers.
 * Gives up on a field that the schema does not name, which only decoding leaves out.
 */
import type { SchemaAST } from "effect"
import { Instant, read } from "../Instant.ts"

/** Settles what stands under a key; false if it cannot. */
export type Settle = (holder: Record<string, unknown>, key: string) => boolean

/** What a schema says of its own parts. */
interface Described {
  readonly ast: SchemaAST.AST
  readonly fields?: Readonly<Record<string, Described>>
  /** Of a list. */
  readonly value?: Described
  /** What is optional, or has a brand. */
  readonly schema?: Described
}

export const settling = (schema: Described): Settle => {
  if (schema === Instant) return instant
  if (schema.fields !== undefined) return object(schema.fields)
  if (schema.value !== undefined) return list(settling(schema.value))
  return schema.schema === undefined ? same : settling(schema.schema)
}

const same: Settle = () => true

const instant: Settle = (holder, key) => {
  const text = holder[key]
  const found = typeof text === "string" ? read(text) : undefined
  holder[key] = found
  return found !== undefined
}

const object = (fields: Readonly<Record<string, Described>>): Settle => {
  const settlers = new Map(Object.entries(fields).map(([name, field]) => [name, settling(field)]))
  return (holder, key) => {
    const value = holder[key]
    if (!isRecord(value)) return false
    for (const name in value) {
      const settle = settlers.get(name)
      if (settle === undefined || (settle !== same && !settle(value, name))) return false
    }
    return true
  }
}

const list =
  (item: Settle): Settle =>
  (holder, key) => {
    const items = holder[key]
    if (!Array.isArray(items)) return false
    const places: Record<string, unknown> = Object(items)
    return Object.keys(places).every((place) => item(places, place))
  }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
