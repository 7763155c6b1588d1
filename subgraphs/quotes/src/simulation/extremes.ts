import {
  firstOctave,
  lastOctave,
  latticeAt,
  noiseAt,
  noiseRange,
  sizeAt,
  type Stream,
} from './noise.ts'

/** The logarithm of a price over time: two walks with their shares, and what a scenario adds. */
export interface Path {
  readonly walks: readonly { readonly stream: Stream; readonly share: number }[]
  addedAt(timeMs: number): number
  readonly addedRange: Bounds
  /** Whether what is added is no straight line in a stretch of time. */
  bendsBetween(fromMs: number, toMs: number): boolean
  /** Where the path turns round. */
  readonly turns: Bounds
  /** The exact value, turned round where it must. It may differ from the sum of the waves by up to `slack`. */
  logAt(timeMs: number): number
  readonly slack: number
}

export interface Bounds {
  readonly low: number
  readonly high: number
}

/** A stretch of time, with the values at its ends. */
interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  readonly ends: readonly [number, number]
}

type Wanted = 'low' | 'high'

const octaves = Array.from({ length: lastOctave + 1 }, (_, octave) => octave)
const lengths = octaves.map((octave) => 1_000 * 2 ** octave)
const sizes = octaves.map((octave) => (octave < firstOctave ? 0 : sizeAt(octave)))
const lengthOf = (octave: number): number => lengths[octave] ?? 0

/** The waves of a path: those of one octave where they bend, and all that are not shorter at any time. */
function wavesOf({ walks }: Path) {
  const counted = walks.filter(({ share }) => share !== 0)
  const sum = (octave: number, valueOf: (stream: Stream) => number): number =>
    counted.reduce((total, { stream, share }) => total + share * valueOf(stream), 0) *
    (sizes[octave] ?? 0)
  const bendAt = (octave: number, index: number): number => {
    let total = 0
    for (const { stream, share } of counted) total += share * latticeAt(stream, octave, index)
    return total * (sizes[octave] ?? 0)
  }
  const longerAt = (shortest: number, timeMs: number): number =>
    octaves
      .slice(shortest)
      .map((octave) => sum(octave, (stream) => noiseAt(stream, octave, lengthOf(octave), timeMs)))
      .reduce((total, value) => total + value, 0)
  return { bendAt, longerAt }
}

/** How far the waves that are shorter than a stretch can lift or lower a path there, by the octave of its length. */
function shorterWaves({ walks }: Path): readonly number[] {
  const share = walks.reduce((sum, walk) => sum + Math.abs(walk.share), 0)
  const reach = [0]
  for (let octave = 0; octave < lastOctave; octave += 1) {
    const size = octave < firstOctave ? 0 : sizeAt(octave) * noiseRange * share
    reach.push((reach[octave] ?? 0) + size)
  }
  return reach
}

/** The highest value that turning round leaves of a stretch of values. */
function highestTurned({ low, high }: Bounds, turns: Bounds): number {
  if (high > turns.high) {
    return low > turns.high ? Math.max(turns.low, 2 * turns.high - low) : turns.high
  }
  return low < turns.low ? Math.max(high, Math.min(turns.high, 2 * turns.low - low)) : high
}

const mirrored = ({ low, high }: Bounds): Bounds => ({ low: -high, high: -low })

/** The best that a stretch of values can offer: the greater the better, for the lowest value too. */
function bestOf(wanted: Wanted, values: Bounds, turns: Bounds): number {
  const { low, high } = values
  if (low >= turns.low && high <= turns.high) return wanted === 'high' ? high : -low
  return wanted === 'high'
    ? highestTurned(values, turns)
    : highestTurned(mirrored(values), mirrored(turns))
}

/** A stretch as long as the waves of an octave, with the sum of the waves that are not shorter at both its ends. */
interface Block {
  readonly octave: number
  readonly index: number
  readonly left: number
  readonly right: number
}

/** Between which values a path stays in a block; the shortest one is its first moment alone. */
function boundsIn(path: Path, reach: readonly number[]) {
  return ({ octave, index, left, right: end }: Block): Bounds => {
    const isMoment = octave === firstOctave
    const right = isMoment ? left : end
    const spread = (reach[octave] ?? 0) + path.slack
    const startMs = index * lengthOf(octave)
    const endMs = isMoment ? startMs : startMs + lengthOf(octave)
    if (path.bendsBetween(startMs, endMs)) {
      const { low, high } = path.addedRange
      return {
        low: Math.min(left, right) + low - spread,
        high: Math.max(left, right) + high + spread,
      }
    }
    const from = left + path.addedAt(startMs)
    const to = right + path.addedAt(endMs)
    return { low: Math.min(from, to) - spread, high: Math.max(from, to) + spread }
  }
}

/**
 * Finds the highest and the lowest value of a path in a stretch of time. Between the multiples of the shortest wave a path is
 * a straight line, so only those are looked at. Most are passed over: where the longer waves are so low that the shorter
 * ones cannot lift the path above what was found, nothing is computed. A day of 43,200 moments takes about a thousand steps,
 * and the extremes of a stretch are those of its parts.
 */
export function createExtremes(path: Path): (stretch: Stretch) => Bounds {
  const { bendAt, longerAt } = wavesOf(path)
  const boundsOf = boundsIn(path, shorterWaves(path))

  const halvesOf = ({ octave: whole, index, left, right }: Block): readonly [Block, Block] => {
    const octave = whole - 1
    const middle = (left + right) / 2 + bendAt(octave, 2 * index + 1)
    return [
      { octave, index: 2 * index, left: left + bendAt(octave, 2 * index), right: middle },
      { octave, index: 2 * index + 1, left: middle, right: right + bendAt(octave, 2 * index + 2) },
    ]
  }

  const search = (wanted: Wanted, roots: readonly Block[], { fromMs, toMs, ends }: Stretch) => {
    const sign = wanted === 'high' ? 1 : -1
    let best = Math.max(sign * ends[0], sign * ends[1])
    const offerOf = (block: Block): number => {
      const startMs = block.index * lengthOf(block.octave)
      if (startMs + lengthOf(block.octave) <= fromMs || startMs >= toMs) return -Infinity
      return bestOf(wanted, boundsOf(block), path.turns)
    }
    const look = (block: Block, offer: number): void => {
      if (offer <= best) return
      if (block.octave === firstOctave) {
        const timeMs = block.index * lengthOf(firstOctave)
        if (timeMs > fromMs) best = Math.max(best, sign * path.logAt(timeMs))
        return
      }
      const [first, second] = halvesOf(block)
      const [one, other] = [offerOf(first), offerOf(second)]
      // The more promising half first, which spares most of the other one.
      if (one >= other) look(first, one)
      look(second, other)
      if (one < other) look(first, one)
    }
    roots.forEach((root) => look(root, offerOf(root)))
    return sign * best
  }

  return (stretch) => {
    const { fromMs, toMs } = stretch
    const fitting = lengths.findIndex((length) => length >= toMs - fromMs)
    const octave = Math.max(firstOctave, fitting === -1 ? lastOctave : fitting)
    const length = lengthOf(octave)
    const roots: Block[] = []
    for (let index = Math.floor(fromMs / length); index * length < toMs; index += 1) {
      const left = longerAt(octave, index * length)
      roots.push({ octave, index, left, right: longerAt(octave, (index + 1) * length) })
    }
    return { low: search('low', roots, stretch), high: search('high', roots, stretch) }
  }
}
