/**
 * Whether two plain values hold the same; what is undefined is not there. Effect's `Equal` asks by way of hashes that it
 * keeps, which pays for values that are compared often. Here each is compared once, for a million events.
 */
export const alike = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (!isObject(one) || !isObject(other)) return false
  for (const key in one) if (!alike(one[key], other[key])) return false
  for (const key in other) if (one[key] === undefined && other[key] !== undefined) return false
  return true
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null
