// A price takes a hundred of these calls; taken once, they are not looked up anew each time.
const { floor, imul } = Math

/** A random stream, seeded by a text. */
export type Stream = number

/** The FNV-1a hash of a text: 32 bits. */
export function streamOf(text: string): Stream {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** 32 well-mixed bits for a place in a stream (the finaliser of MurmurHash3). */
export function bitsAt(stream: Stream, octave: number, index: number): number {
  let hash = stream ^ imul(octave + 1, 0x9e3779b1) ^ imul(index | 0, 0x85ebca6b)
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Noise values lie between plus and minus this. */
export const noiseRange = 32_768

/** The value of a wave where it bends: at a multiple of its period. */
export const latticeAt = (stream: Stream, octave: number, index: number): number =>
  (bitsAt(stream, octave, index) & 0xffff) - noiseRange

/** A random value for every multiple of the period, with straight lines between them. */
export function noiseAt(stream: Stream, octave: number, periodMs: number, timeMs: number): number {
  const index = floor(timeMs / periodMs)
  const passed = timeMs - index * periodMs
  const from = latticeAt(stream, octave, index)
  const to = latticeAt(stream, octave, index + 1)
  // Both products stay below 2^53, where doubles are exact integers.
  return floor((from * (periodMs - passed) + to * passed) / periodMs)
}

export const firstOctave = 1
export const lastOctave = 24
/** From 24 days on, waves get longer but no higher, so that an asset stays near its base price over the years. */
const tallestOctave = 21
/** Fits the size of the waves to a volatility of one day: 65,536 seconds are its nearest octave. */
const fit = 672
const rootOfTwo = 1.414213562373095

// Shifts, because engines may round powers differently.
const periodOf = (octave: number): number => (1 << octave) * 1_000

function growthOf(octave: number): number {
  const counted = Math.min(octave, tallestOctave)
  const doublings = 1 << (counted >> 1)
  return counted % 2 === 0 ? doublings : doublings * rootOfTwo
}

const octaves = Array.from({ length: lastOctave - firstOctave + 1 }, (_, place) => {
  const octave = firstOctave + place
  return { octave, periodMs: periodOf(octave), growth: floor(growthOf(octave) * fit) }
})

/** 2^4 for the precision of the sizes, 100 for `fit`. */
const sizeDivisor = noiseRange * 16 * 100

/** How much the waves of an octave count in a walk with a volatility of one. */
export const sizeAt = (octave: number): number =>
  (octaves[octave - firstOctave]?.growth ?? 0) / sizeDivisor

/** The same for the waves of all octaves. */
export const sizeOfAll = octaves.reduce((sum, { growth }) => sum + growth, 0) / sizeDivisor

/**
 * The place of a random walk at a time, as a logarithm: waves of doubling period whose squared size doubles too,
 * which is what makes a walk a walk, yet any time can be asked for without walking there.
 */
export function walkAt(stream: Stream, volatility: number, timeMs: number): number {
  let sum = 0
  for (const { octave, periodMs, growth } of octaves) {
    sum += growth * noiseAt(stream, octave, periodMs, timeMs)
  }
  return floor((sum * volatility) / sizeDivisor)
}
