/** `daybook list`: one row for each credential, with where it lives. */
import { storeName } from "@daybook/words/StoreName"
import type { PoolView, Row } from "../PoolView.ts"
import type { Paint } from "./Paint.ts"
import { nobodyYet, unknownLines } from "./StatusLines.ts"
import { table } from "./Table.ts"
import { day, moment } from "@daybook/words/Time"
import { paintWord } from "./Word.ts"

const headings = [
  "ID",
  "LABEL",
  "PROVIDER",
  "KIND",
  "SOURCE",
  "STORE",
  "PRIORITY",
  "ACCESS TOKEN ENDS",
  "LOGIN ENDS",
  "STATE"
]

export const listLines = (view: PoolView, paint: Paint): ReadonlyArray<string> => [
  ...(view.rows.length === 0
    ? [nobodyYet]
    : table(
        headings,
        view.rows.map((row) => cells(row, view.at, paint)),
        paint
      )),
  ...unknownLines(view, paint)
]

const cells = (row: Row, now: number, paint: Paint): ReadonlyArray<string> => [
  row.id,
  row.label ?? "-",
  row.provider,
  row.ownership === "owned" ? row.kind : `${row.kind}, ${row.ownership}`,
  row.source,
  storeName(row.store),
  String(row.priority),
  row.expiresAt === undefined ? "-" : moment(row.expiresAt, now),
  row.deadline === undefined ? "-" : day(row.deadline, now),
  paintWord(row.word, paint)
]
