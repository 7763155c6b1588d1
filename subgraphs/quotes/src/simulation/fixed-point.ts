/**
 * Powers and logarithms of two in whole numbers. Engines disagree in the last bits of Math.exp and its kin, and a
 * price must be the same on every machine, so only integer arithmetic is used here.
 */

/** A logarithm is a whole number of these parts of a doubling. */
export const logUnit = 1_048_576

const fractionBits = 60n
const one = 1n << fractionBits
const tableSize = 1024

/** The whole part of a square root, by Newton's method. */
function squareRoot(value: bigint): bigint {
  let guess = 1n << (BigInt(value.toString(2).length + 1) / 2n)
  for (;;) {
    const next = (guess + value / guess) / 2n
    if (next >= guess) return guess
    guess = next
  }
}

/** The root of two of degree 2^level, in 60 binary places. */
function rootOfTwo(level: number): bigint {
  let root = 2n << fractionBits
  for (let step = 0; step < level; step++) root = squareRoot(root << fractionBits)
  return root
}

function powers(base: bigint): readonly bigint[] {
  const table = [one]
  let power = one
  while (table.length < tableSize) {
    power = (power * base) >> fractionBits
    table.push(power)
  }
  return table
}

/** 2^(i / 1024), and 2^(i / 1048576). */
const coarse = powers(rootOfTwo(10))
const fine = powers(rootOfTwo(20))

/** Multiplies by two to the power of a logarithm, rounded down. */
export function scaleByLog(value: bigint, log: number): bigint {
  const doublings = Math.floor(log / logUnit)
  const rest = log - doublings * logUnit
  const upper = coarse[Math.floor(rest / tableSize)] ?? one
  const lower = fine[rest % tableSize] ?? one
  const scaled = value * ((upper * lower) >> fractionBits)
  return (
    (doublings >= 0 ? scaled << BigInt(doublings) : scaled >> BigInt(-doublings)) >> fractionBits
  )
}

/** The logarithm of a ratio: the largest one that does not scale `from` beyond `to`. Both are positive. */
export function logOfRatio(to: bigint, from: bigint): number {
  const precise = (value: bigint): bigint => value << fractionBits
  let low = -80 * logUnit
  let high = 80 * logUnit
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (scaleByLog(precise(from), middle) <= precise(to)) low = middle
    else high = middle
  }
  return low
}
