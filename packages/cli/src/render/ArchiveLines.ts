/** `daybook archive`: which segments went where, and what is left. */
import type { ArchivedSegment, ArchiveReport } from "@daybook/ledger/Archive"
import { size } from "./Size.ts"

export const archiveLines = ({ first, moved }: ArchiveReport, isDryRun: boolean): ReadonlyArray<string> =>
  moved.length === 0
    ? [`No segment is old enough: the ledger begins with event ${first}.`]
    : [
        ...moved.map((segment) => line(segment, isDryRun ? "would move" : "moved")),
        isDryRun
          ? `The ledger would begin with event ${first}. Nothing was moved.`
          : `The ledger begins with event ${first} now. Keep ledger.base beside it: it holds the state that the moved events led to.`
      ]

const line = ({ bytes, first, from, last, to }: ArchivedSegment, verb: string): string =>
  `${verb}  events ${first} to ${last}, ${size(bytes)}: ${from} -> ${to}`
