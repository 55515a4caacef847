/** `daybook view` for people: where the page is, or what a report holds. */
import type { Report } from "../json/View.ts"
import { size } from "./Size.ts"
import { wrap } from "./Wrap.ts"

interface Serving {
  readonly folder: string
  readonly head: number
  readonly url: string
  readonly isAtTerminal: boolean
}

export const servingLines = ({ folder, head, isAtTerminal, url }: Serving): ReadonlyArray<string> => [
  url,
  `Shows ${folder} as of event ${head}. The address works once, in one browser.`,
  ...(isAtTerminal ? ["Press Enter for another address. Ctrl-C ends it."] : [])
]

export const reportLines = ({
  bytes,
  events,
  file,
  leftOut,
  source: { from, head, to }
}: Pick<typeof Report.Type, "bytes" | "events" | "file" | "leftOut" | "source">): ReadonlyArray<string> => [
  `${file}: ${size(bytes)}, ${events} events, made of events ${from} to ${to} of ${head}.`,
  ...wrap(
    "Fingerprints are others, under a key that was thrown away. Hosts, labels, folders and variables are numbers; addresses, paths and request ids are gone from texts. Ids, times, providers and what else providers answered are as they were: look at it before you send it.",
    80
  ),
  ...(leftOut === 0 ? [] : [`${leftOut} events of a newer version are left out.`]),
  "Open it in a browser; it needs nothing else, and asks nobody."
]
