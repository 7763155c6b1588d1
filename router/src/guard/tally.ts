/** Counts by key; a key at zero is dropped, so that the size is bounded by the work in progress. */
export interface Tally {
  of(key: string): number
  add(key: string, amount: number): void
}

export function openTally(): Tally {
  const counts = new Map<string, number>()
  return {
    of: (key) => counts.get(key) ?? 0,
    add: (key, amount) => {
      const left = (counts.get(key) ?? 0) + amount
      if (left > 0) counts.set(key, left)
      else counts.delete(key)
    },
  }
}
