/**
 * An event of the log: its place, when, by whom, what, about which credential, and what matters in it. In one line,
 * however long; or in lines of so many columns, below the day.
 */
import { format } from "@daybook/pool/Instant"
import type { Recorded } from "@daybook/pool/Recorded"
import { essentialsOf } from "@daybook/words/Essentials"
import type { Names } from "@daybook/words/Names"
import { typeInWords } from "@daybook/words/TypeWords"
import type { Paint, Tone } from "./Paint.ts"
import { wrap } from "./Wrap.ts"

export const logLine = (event: Recorded, names: Names, paint: Paint): string =>
  [
    paint("faint", placeOf(event)),
    paint("faint", format(event.at)),
    ...cellsOf(event, names, paint).map(({ shown, text, width }) => shown + padding(text, width)),
    mattersIn(event, names)
  ]
    .join(gap)
    .trimEnd()

/** Times are to the second, in UTC. What matters stands below the rest where it has no room beside it. */
export const logLines = (event: Recorded, names: Names, columns: number, paint: Paint): ReadonlyArray<string> => {
  const head = `${placeOf(event)}${gap}${format(event.at).slice(11, 19)}${gap}`
  const room = columns - head.length
  const matter = mattersIn(event, names)
  const rows = rowsOf(cellsOf(event, names, paint), room)
  const [last] = rows.slice(-1)
  const isBeside = last !== undefined && rows.length === 1 && last.length + gap.length + matter.length <= room
  const lines = isBeside
    ? [`${last.shown}${gap}${matter}`.trimEnd()]
    : [...rows.map(({ shown }) => shown.trimEnd()), ...wrap(matter, room)]
  return lines
    .filter((line) => line !== "")
    .map((line, place) => (place === 0 ? paint("faint", head) : " ".repeat(head.length)) + line)
}

/** Under which the lines of its events stand. */
export const dayOf = ({ at }: Recorded): string => format(at).slice(0, 10)

interface Cell {
  readonly text: string
  /** As it is painted. */
  readonly shown: string
  readonly width: number
}

interface Row {
  readonly shown: string
  readonly length: number
}

const gap = "  "

const placeOf = ({ seq }: Recorded): string => String(seq).padStart(5)

const cellsOf = (event: Recorded, names: Names, paint: Paint): ReadonlyArray<Cell> => {
  const type = event.type === "Unknown" ? "unknown" : typeInWords(event)
  return [
    cell(names.actor(event.actor), 14),
    cell(type, 22, paint(toneOf(event), type)),
    cell(names.credential(event) ?? "-", 8)
  ]
}

const cell = (text: string, width: number, shown = text): Cell => ({ text, shown, width })

const padding = (text: string, width: number): string => " ".repeat(Math.max(0, width - text.length))

/** As many cells in a row as there is room for: mostly all. */
const rowsOf = (cells: ReadonlyArray<Cell>, room: number): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  for (const { shown, text, width } of cells) {
    const padded = { shown: shown + padding(text, width), length: Math.max(text.length, width) }
    const last = rows.at(-1)
    if (last === undefined || last.length + gap.length + text.length > room) rows.push(padded)
    else rows[rows.length - 1] = joined(last, padded)
  }
  return rows
}

const joined = (one: Row, other: Row): Row => ({
  shown: one.shown + gap + other.shown,
  length: one.length + gap.length + other.length
})

const mattersIn = (event: Recorded, names: Names): string =>
  event.type === "Unknown" ? `${event.data.type}, ${essentialsOf(event, names)}` : essentialsOf(event, names)

const toneOf = ({ type }: Recorded): Tone => {
  switch (type) {
    case "RefreshSucceeded":
    case "QuarantineLifted":
    case "SuccessorStored":
      return "good"
    case "RaceAdopted":
      return "said"
    case "CooldownStarted":
    case "OutcomeLost":
    case "SuccessorStashed":
    case "TailSealed":
    case "Unknown":
      return "waiting"
    case "CredentialQuarantined":
    case "RefreshFailed":
    case "SelectionExhausted":
      return "bad"
    default:
      return "strong"
  }
}
