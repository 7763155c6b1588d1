/** Counts by key; a key that is back at nothing is forgotten, so that the tally is as large as what is under way. */
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
