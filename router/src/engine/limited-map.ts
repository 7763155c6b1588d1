/** A map with a ceiling that forgets what was used longest ago. */
export interface LimitedMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  clear(): void
  readonly size: number
}

export function createLimitedMap<Value>(most: number): LimitedMap<Value> {
  const entries = new Map<string, Value>()
  return {
    get: (key) => {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      const [oldest] = entries.size > most ? entries.keys() : []
      if (oldest !== undefined) entries.delete(oldest)
    },
    clear: () => entries.clear(),
    get size() {
      return entries.size
    },
  }
}
