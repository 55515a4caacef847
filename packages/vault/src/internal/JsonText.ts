/**
 * JSON as a text that somebody else wrote: what we do not change goes back as it came, numbers digit by digit, in the
 * same order and with the same indentation. (Only keys that look like array indexes move to the front of their object;
 * no store has such keys.)
 */
import { Result } from "effect"
import type { Flaw } from "../StoreError.ts"
import type { Json } from "./Json.ts"

export interface JsonText {
  /** For reading. */
  readonly value: unknown
  /** The same for editing: numbers that JavaScript would write differently are opaque. */
  readonly original: Json
  /** An edited `original` as the text to write. */
  readonly format: (edited: Json) => string
}

export const parse = (bytes: Uint8Array): Result.Result<JsonText, Flaw> =>
  Result.try({ try: () => document(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), catch: flaw })

const document = (text: string): JsonText => ({
  value: JSON.parse(text),
  // Whoever edits has decoded `value` first, so it is known to be an object.
  original: JSON.parse(text, keepDigits) as Json,
  format: (edited) => toText(edited, styleOf(text))
})

/** The engine's own message quotes the text, so only its kind and position are taken. */
const flaw = (cause: unknown): Flaw => {
  if (cause instanceof TypeError) return { why: "it is not UTF-8 text" }
  const text = String(cause)
  const line = /\(line (\d+) /.exec(text)?.[1]
  return {
    why: /Unexpected end|Unterminated/.test(text) ? "it ends in the middle of the JSON" : "it is not JSON",
    ...(line !== undefined && { line: Number(line) })
  }
}

// JSON.parse source text access (ECMAScript 2026), not yet in TypeScript's libraries.
declare global {
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
    rawJSON(text: string): object
  }
}

const keepDigits = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === "number" && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value

interface Style {
  readonly indent: string
  readonly end: string
  /** Everything beyond ASCII is escaped, as Python does by default. */
  readonly ascii: boolean
}

const styleOf = (text: string): Style => ({
  indent: /^[{[]\r?\n([ \t]+)/.exec(text)?.[1] ?? "",
  end: /\s*$/.exec(text)?.[0] ?? "",
  ascii: !/[^\n\r\t\x20-\x7e]/.test(text)
})

const toText = (value: Json, { ascii, end, indent }: Style): string => {
  const text = JSON.stringify(value, null, indent) + end
  return ascii ? text.replace(/[\x7f-\uffff]/g, escape) : text
}

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
