/** How long something lasted, in its largest unit, and the next one where there are few of the largest. */

const units = [
  { name: "d", millis: 86_400_000 },
  { name: "h", millis: 3_600_000 },
  { name: "min", millis: 60_000 },
  { name: "s", millis: 1_000 }
]

const few = 10

/** `6 h 5 min`, `26 min`; `0` if it is less than a second. */
export const duration = (millis: number): string => {
  const first = units.findIndex((unit) => millis >= unit.millis)
  if (first < 0) return "0"
  const [large, small] = units.slice(first, first + 2)
  const count = Math.floor(millis / (large?.millis ?? 1))
  const rest =
    small === undefined || count >= few ? 0 : Math.floor((millis - count * (large?.millis ?? 1)) / small.millis)
  return rest === 0 ? `${count} ${large?.name}` : `${count} ${large?.name} ${rest} ${small?.name}`
}
