/** Lengths of time as providers write them: `6m0s`, `20ms`, `39.5s`, `5 minutes`, `6hr 29min`, `1 day, 2 hours`. */
const unitMillis: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  week: 604_800_000
}

const piece = /(?:,?\s*(?:and\s+)?)(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]{1,12})/iy

const millisOf = (unit: string): number | undefined => {
  const name = unit.toLowerCase()
  return [name, name.replace(/s$/, "")]
    .filter((unit) => Object.hasOwn(unitMillis, unit))
    .map((unit) => unitMillis[unit])[0]
}

/** Milliseconds of the length that begins at `from`; nothing if none does. */
export const spanAt = (text: string, from = 0): number | undefined => {
  const scan = new RegExp(piece)
  scan.lastIndex = from
  let sum: number | undefined
  for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
    const unit = millisOf(match[2]!)
    if (unit === undefined) break
    sum = (sum ?? 0) + Number(match[1]) * unit
  }
  return sum
}
