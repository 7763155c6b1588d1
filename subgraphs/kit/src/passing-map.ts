/**
 * A Map of what comes and goes all the time, such as requests in progress. V8 chains each table that a Map has used up to its
 * next one. Once one of them is old, all later ones become old as well, with all that they held: the garbage of every
 * request is copied, and stays until the whole heap is collected. Here no chain grows: the entries that are left move
 * to another Map.
 */
export class PassingMap<Key, Value> {
  private map = new Map<Key, Value>()
  private added = 0

  get size(): number {
    return this.map.size
  }

  has(key: Key): boolean {
    return this.map.has(key)
  }

  get(key: Key): Value | undefined {
    return this.map.get(key)
  }

  set(key: Key, value: Value): void {
    const { size } = this.map
    if (this.added > fewest + 2 * size) {
      this.map = new Map(this.map)
      this.added = size
    }
    this.added += 1
    this.map.set(key, value)
  }

  delete(key: Key): boolean {
    return this.map.delete(key)
  }

  clear(): void {
    this.map.clear()
  }

  /** In the order in which they were added. */
  keys(): IterableIterator<Key> {
    return this.map.keys()
  }
}

/** A smaller Map is as cheap to make as to keep. */
const fewest = 4
