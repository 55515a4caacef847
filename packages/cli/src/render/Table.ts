/** Rows under headings, each column as wide as its widest cell. */
import { stripVTControlCharacters } from "node:util"
import type { Paint } from "./Paint.ts"

export const table = (
  headings: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  paint: Paint
): ReadonlyArray<string> => {
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? "")].map(widthOf))
  )
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)))
      .join("  ")
      .trimEnd()
  return [paint("faint", line(headings)), ...rows.map(line)]
}

const widthOf = (text: string): number => stripVTControlCharacters(text).length
