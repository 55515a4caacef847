/**
 * What is printed, safe for a terminal: a ledger from elsewhere holds texts of strangers, and a control character in them
 * is an order to the terminal, or turns letters round. Each is shown as JSON writes it.
 */
import { Console, Layer } from "effect"

export const printed = (text: string): string => text.replace(/\p{Cc}\[\d{1,2}m|[\p{Cc}\p{Bidi_Control}]/gu, shown)

const shown = (found: string): string => {
  if (found === "\n" || found === "\t" || isColour(found)) return found
  const code = found.charCodeAt(0).toString(16).padStart(4, "0")
  return `\\u${code}${found.slice(1)}`
}

/** One of those that our own lines and the help have. */
const isColour = (found: string): boolean =>
  found.startsWith("\u001b") && /^\[(?:[0124]|2[24]|[39]\d)m$/.test(found.slice(1))

const all = (texts: ReadonlyArray<unknown>) => texts.map((text) => (typeof text === "string" ? printed(text) : text))

const { console: terminal } = globalThis

/** The console of the command. */
export const layer: Layer.Layer<never> = Layer.succeed(Console.Console, {
  ...terminal,
  error: (...texts) => terminal.error(...all(texts)),
  log: (...texts) => terminal.log(...all(texts))
})
