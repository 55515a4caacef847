/**
 * Which element shows which row. What scrolls out of sight hands its element on to what comes: a cursor that is dragged
 * would otherwise make thousands of elements, and browsers collect those late.
 */

/** By place, in order. */
export type Slots = ReadonlyMap<number, number>

/** A row that stays keeps its slot; new ones take those that are left, in order, so that few elements have to move. */
export const slotsFor = (places: ReadonlyArray<number>, before: Slots): Slots => {
  const wanted = new Set(places)
  const left = [...before].flatMap(([place, slot]) => (wanted.has(place) ? [] : [slot]))
  let next = Math.max(-1, ...before.values()) + 1
  return new Map(places.map((place) => [place, before.get(place) ?? left.shift() ?? next++]))
}
