/** A seeded random source: the same seed always produces the same case. */

export interface Chance {
  /** An integer in [0, below). */
  int(below: number): number
  /** True with probability 1/`n`. */
  oneIn(times: number): boolean
  pick<T>(items: readonly T[]): T
}

export function seededChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const int = (below: number) => next() % Math.max(1, below)
  return {
    int,
    oneIn: (times) => int(times) === 0,
    pick: <T>(items: readonly T[]) => {
      const item = items[int(items.length)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
  }
}

/** A hash of all parts, independent of anything else. */
export function hashOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    for (const character of `${String(part)}\u0000`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
    }
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
