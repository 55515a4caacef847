/**
 * Which names a person may have meant who mistyped one. `effect/cli` does the same for its own words and keeps how to
 * itself; a package for fifteen lines would be one more to trust.
 */

/** The nearest names, if they are near: a third of the letters may be wrong, two at least. */
export const nearest = (typed: string, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const measured = [...new Set(names)].map((name) => ({ name, distance: distance(typed, name) }))
  const least = Math.min(...measured.map(({ distance }) => distance))
  return least > Math.max(2, Math.floor(typed.length / 3))
    ? []
    : measured.filter(({ distance }) => distance === least).map(({ name }) => name)
}

/** How many letters have to be added, dropped or replaced (Levenshtein), whatever their case. */
const distance = (from: string, to: string): number => {
  const target = Array.from(to.toLowerCase())
  let row = [0, ...target.map((_, place) => place + 1)]
  for (const [index, letter] of Array.from(from.toLowerCase()).entries()) {
    const next = [index + 1]
    for (const [place, other] of target.entries()) {
      const replaced = (row[place] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
