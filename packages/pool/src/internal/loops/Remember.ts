/** A map that holds the newest few: what was set longest ago is forgotten first. */
export const remember = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size > most) forgetOldest(map)
}

const forgetOldest = <Key>(map: Map<Key, unknown>): void => {
  const { value } = map.keys().next()
  if (value !== undefined) map.delete(value)
}
