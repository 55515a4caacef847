/** Rows of the table of events. */
import { essentialsOf } from "@daybook/words/Essentials"
import type { Names } from "@daybook/words/Names"
import type { Recorded } from "@daybook/pool/Recorded"
import type { Row } from "../Questions.ts"
import type { LegendBook } from "./LegendBook.ts"
import { typeOf } from "./LegendBook.ts"
import { markNumber } from "./Marks.ts"
import type { Reading } from "./Reading.ts"

/** Events this near each other are read together. */
const gap = 250

export const rows = async ({ book, pages }: Reading, seqs: ReadonlyArray<number>): Promise<ReadonlyArray<Row>> => {
  const wanted = spansOf(seqs.toSorted((one, other) => one - other))
  const events = await Promise.all(wanted.map(({ from, to }) => pages.events(from, to)))
  const bySeq = new Map(events.flat().map((event) => [event.seq as number, event]))
  const names = namesOf(book)
  return seqs.flatMap((seq) => {
    const event = bySeq.get(seq)
    return event === undefined ? [] : [rowOf(event, names)]
  })
}

const rowOf = (event: Recorded, names: Names): Row => ({
  seq: event.seq,
  at: event.at,
  actor: names.actor(event.actor),
  type: typeOf(event),
  credential: names.credential(event),
  mark: markNumber(event),
  essentials: essentialsOf(event, names)
})

const namesOf = (book: LegendBook): Names => ({
  actor: (id) => book.actorName(id) ?? id.slice(-8),
  credential: (event) => book.credential(event)
})

const spansOf = (ordered: ReadonlyArray<number>) => {
  const spans: Array<{ from: number; to: number }> = []
  for (const seq of ordered) {
    const last = spans.at(-1)
    if (last !== undefined && seq - last.to <= gap) last.to = seq
    else spans.push({ from: seq, to: seq })
  }
  return spans
}
