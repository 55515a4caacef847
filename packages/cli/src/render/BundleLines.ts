/** `daybook bundle` for people: what was made, what is not in it, and how to look at it. */
import type { Bundle } from "../json/Bundle.ts"
import { wrap } from "./Wrap.ts"

export const bundleLines = ({
  events,
  folder,
  leftOut,
  source: { from, head, to }
}: Pick<typeof Bundle.Type, "events" | "folder" | "leftOut" | "source">): ReadonlyArray<string> => [
  `${folder}/ledger.jsonl: ${events} events, made of events ${from} to ${to} of ${head}.`,
  ...wrap(
    "Fingerprints are others, under a key that was thrown away. Hosts, labels, folders and variables are numbers; addresses, paths and request ids are gone from texts. Ids, times, providers and what else providers answered are as they were: read it before you send it.",
    80
  ),
  ...(leftOut === 0 ? [] : [`${leftOut} events of a newer version are left out.`]),
  `Look at it with \`daybook log --ledger ${folder}\`.`
]
