/**
 * Rates and tables. What counts is the ratio of two figures of one run: the machine and its neighbours decide the rest.
 */

/** Times a second, after a short warm-up. */
export const rate = async (millis: number, act: () => unknown): Promise<number> => {
  await repeat(millis / 5, act)
  const begun = performance.now()
  const times = await repeat(millis, act)
  return (times * 1_000) / (performance.now() - begun)
}

/** Microseconds of processor time that each takes this process, on all its threads. */
export const effort = async (millis: number, act: () => unknown): Promise<number> => {
  await repeat(millis / 5, act)
  const before = process.cpuUsage()
  const times = await repeat(millis, act)
  const { system, user } = process.cpuUsage(before)
  return (user + system) / times
}

const repeat = async (millis: number, act: () => unknown): Promise<number> => {
  const end = performance.now() + millis
  let times = 0
  while (performance.now() < end) {
    const done = act()
    if (done instanceof Promise) await done
    times += 1
  }
  return times
}

/** The upper one of two in the middle. */
export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

export type Row = ReadonlyArray<string>

/** The first column stands to the left, and the last, which may be long; the others to the right. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, column, widths))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

const pad = (cell: string, column: number, widths: ReadonlyArray<number>): string => {
  const width = widths[column] ?? 0
  return column === 0 || column === widths.length - 1 ? cell.padEnd(width) : cell.padStart(width)
}

/** `12,345` */
export const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** Three digits that count. */
export const short = (value: number): string => (value >= 100 ? whole(value) : value.toPrecision(3))
