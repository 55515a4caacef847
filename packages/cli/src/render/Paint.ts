/** Colour, or none: renderers say what a text is, and whoever prints decides whether that shows. */
import { styleText } from "node:util"

export type Tone = "strong" | "faint" | "good" | "waiting" | "bad" | "said"

export type Paint = (tone: Tone, text: string) => string

export const plain: Paint = (_, text) => text

const formats = { strong: "bold", faint: "dim", good: "green", waiting: "yellow", bad: "red", said: "cyan" } as const

export const colours: Paint = (tone, text) => styleText(formats[tone], text, { validateStream: false })

/** Colours only on a terminal, and never against `NO_COLOR` (no-color.org). */
export const paintFor = (
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>
): Paint => (stream.isTTY === true && !environment["NO_COLOR"] ? colours : plain)
