/** A map with a ceiling that forgets what was used longest ago. */
export interface LimitedMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): boolean
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
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
    get size() {
      return entries.size
    },
  }
}

/**
 * The same as the cache that Apollo's packages ask for. Their own is bounded by the length of each value's JSON,
 * which is slow to make and a small part of the memory that the value takes.
 */
export interface LimitedStore<Value> {
  get(key: string): Promise<Value | undefined>
  set(key: string, value: Value): Promise<void>
  delete(key: string): Promise<boolean>
  clear(): void
}

export function createLimitedStore<Value>(most: number): LimitedStore<Value> {
  const held = createLimitedMap<Value>(most)
  return {
    get: (key) => Promise.resolve(held.get(key)),
    set: (key, value) => {
      held.set(key, value)
      return Promise.resolve()
    },
    delete: (key) => Promise.resolve(held.delete(key)),
    clear: () => held.clear(),
  }
}
