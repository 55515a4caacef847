/** Rows that were asked for already, and the asking for those in sight. Old ones make room. */
import { signal } from "@preact/signals"
import type { Row } from "../../Questions.ts"
import type { WorkerLink } from "../WorkerLink.ts"

const most = 4_000

export type RowCache = ReturnType<typeof makeRowCache>

export const makeRowCache = (link: WorkerLink) => {
  const rows = new Map<number, Row>()
  /** Counts up whenever rows came. */
  const version = signal(0)
  const want = (seqs: ReadonlyArray<number>) => {
    const missing = seqs.filter((seq) => !rows.has(seq))
    if (missing.length === 0) return
    link.ask(
      "rows",
      { seqs: missing },
      (given) => {
        if ("refused" in given) return
        for (const row of given.answer) rows.set(row.seq, row)
        makeRoom(rows)
        version.value++
      },
      { evenIfLate: true }
    )
  }
  return { version, want, row: (seq: number): Row | undefined => rows.get(seq) }
}

const makeRoom = (rows: Map<number, Row>): void => {
  for (const seq of rows.keys()) {
    if (rows.size <= most) return
    rows.delete(seq)
  }
}
