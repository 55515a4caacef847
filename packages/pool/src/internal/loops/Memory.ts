/**
 * A map that holds the newest few. It has two halves: when the newer one is full, the older one is forgotten. That takes no
 * time, where the oldest entry of one large map would have to be searched for.
 */
export interface Memory<Key, Value> {
  readonly get: (key: Key) => Value | undefined
  readonly set: (key: Key, value: Value) => void
  /** True if it was there. */
  readonly delete: (key: Key) => boolean
}

/** Holds at least half as many as `most`: those that were set or asked for last. */
export const memoryOf = <Key, Value>(most: number): Memory<Key, Value> => {
  let newer = new Map<Key, Value>()
  let older = new Map<Key, Value>()
  const set = (key: Key, value: Value): void => {
    newer.set(key, value)
    if (newer.size <= most / 2) return
    older = newer
    newer = new Map()
  }
  return {
    get: (key) => {
      const value = newer.get(key)
      if (value !== undefined) return value
      const old = older.get(key)
      if (old !== undefined) set(key, old)
      return old
    },
    set,
    delete: (key) => {
      const isOld = older.delete(key)
      return newer.delete(key) || isOld
    }
  }
}
