/** A second limit, for entries that differ in size: the total size of all entries, in bytes. */
export interface SizeLimit<Value> {
  readonly mostBytes: number
  readonly bytesOf: (value: Value) => number
}

/** A map with a maximum size that evicts the least recently used entry. */
export interface LimitedMap<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): boolean
  clear(): void
  /** The least recently used key is the first. */
  keys(): readonly string[]
  readonly size: number
}

interface Entry<Value> {
  readonly value: Value
  readonly bytes: number
}

/** The largest share of the bytes for one entry. A larger one is not kept, because it would evict all others. */
const largestShare = 1 / 8

export function createLimitedMap<Value>(most: number, limit?: SizeLimit<Value>): LimitedMap<Value> {
  const entries = new Map<string, Entry<Value>>()
  let bytes = 0
  /** The last key, which most look-ups are for: it need not move to the end. */
  let latest: string | undefined
  const remove = (key: string): boolean => {
    if (key === latest) latest = undefined
    bytes -= entries.get(key)?.bytes ?? 0
    return entries.delete(key)
  }
  const sizeOf = (key: string, value: Value): number =>
    limit ? 2 * key.length + limit.bytesOf(value) : 0
  const isOver = (): boolean =>
    entries.size > most || (limit !== undefined && bytes > limit.mostBytes)
  return {
    get: (key) => {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (key !== latest) {
        entries.delete(key)
        entries.set(key, entry)
        latest = key
      }
      return entry.value
    },
    set: (key, value) => {
      remove(key)
      const size = sizeOf(key, value)
      if (limit && size > limit.mostBytes * largestShare) return
      entries.set(key, { value, bytes: size })
      latest = key
      bytes += size
      for (const oldest of entries.keys()) {
        if (!isOver()) break
        remove(oldest)
      }
    },
    delete: remove,
    clear: () => {
      entries.clear()
      latest = undefined
      bytes = 0
    },
    keys: () => [...entries.keys()],
    get size() {
      return entries.size
    },
  }
}

/**
 * The same with the cache interface of Apollo's packages. Their own cache is bounded by the length of each value's
 * JSON, which is slow to compute and a small part of the value's memory.
 */
export interface LimitedStore<Value> {
  get(key: string): Promise<Value | undefined>
  set(key: string, value: Value): Promise<void>
  delete(key: string): Promise<boolean>
  clear(): void
}

export function createLimitedStore<Value>(
  most: number,
  limit?: SizeLimit<Value>,
): LimitedStore<Value> {
  const held = createLimitedMap<Value>(most, limit)
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
