/**
 * Events as a table (RFC 4180): columns for what people sort and filter by, and all of an event's data as JSON in the last
 * one. Small enough not to take a library for.
 */
import { credentialOf, grantOf } from "@daybook/pool/Event"
import type { PoolState } from "@daybook/pool/PoolState"
import type { Recorded } from "@daybook/pool/Recorded"
import { HashMap, Option, Predicate } from "effect"
import { eventJson } from "../render/EventJson.ts"
import { namesIn } from "@daybook/words/Names"
import type { NewFormat } from "./Format.ts"

export const csv: NewFormat = (state) => {
  const names = namesIn(state)
  return {
    begin: row(columns),
    event: (event) => {
      const json = eventJson(event)
      const { evidence, generation, next, ...data } = partsOf(json.data)
      const about = { ...data, ...evidence, ...prefixed("generation", generation), ...prefixed("next", next) }
      const cells: Readonly<Record<string, unknown>> = {
        ...about,
        ...json,
        actor: names.actor(event.actor),
        provider: providerOf(state, event),
        data: JSON.stringify(json.data)
      }
      return row(columns.map((column) => cells[column]))
    },
    end: () => ""
  }
}

/** In order; a change of them is a change of what others read. */
export const columns = [
  "seq",
  "at",
  "type",
  "actor",
  "credential",
  "provider",
  "grant",
  "attempt",
  "trigger",
  "verdict",
  "reason",
  "rule",
  "status",
  "code",
  "accepted",
  "model",
  "until",
  "retryAt",
  "generation_access",
  "generation_refresh",
  "next_access",
  "next_refresh",
  "id",
  "cause",
  "correlation",
  "data"
]

const partsOf = (data: unknown): Readonly<Record<string, unknown>> & Partial<Record<Nested, object>> =>
  Predicate.isObject(data) ? data : {}

type Nested = "evidence" | "generation" | "next"

const prefixed = (prefix: string, part: object | undefined) =>
  Object.fromEntries(Object.entries(part ?? {}).map(([name, value]) => [`${prefix}_${name}`, value]))

const providerOf = (state: PoolState, event: Recorded): string | undefined => {
  if (event.type === "Unknown") return undefined
  const id = credentialOf(event)
  if (id !== undefined) return Option.getOrUndefined(HashMap.get(state.credentials, id))?.provider
  const grant = grantOf(event)
  return grant === undefined
    ? undefined
    : Array.from(HashMap.values(state.credentials)).find((credential) => credential.grant === grant)?.provider
}

const row = (cells: ReadonlyArray<unknown>): string => `${cells.map(cell).join(",")}\r\n`

const cell = (value: unknown): string => {
  const text = value === undefined ? "" : unspoken(typeof value === "string" ? value : JSON.stringify(value))
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What a provider wrote is no formula: spreadsheets take these signs for the beginning of one. */
const unspoken = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
