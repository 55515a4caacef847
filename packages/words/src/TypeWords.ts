/** The type of an event as people read it. */
import type { Recorded } from "@daybook/pool/Recorded"

/** `RefreshStarted` becomes `refresh started`; an event of a newer version says so. */
export const typeInWords = (event: Recorded): string =>
  event.type === "Unknown" ? `unknown ${event.data.type}` : words(event.type)

export const words = (type: string): string =>
  type
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase()
    .replace(/^api /, "API ")
