import { randomFillSync } from 'node:crypto'
import { type Clock, systemClock } from './clock.ts'

/** Creates an identifier; production ids sort by time, ids in tests are sequential. */
export type NewId = (prefix: string) => string

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

function encodeTime(ms: number): string {
  return ms.toString(36).padStart(9, '0')
}

/** Random bytes that no id has used: to draw many at once costs what a few do. */
const pool = new Uint8Array(4_096)
let used = pool.length

function randomText(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let text = ''
  for (const byte of pool.subarray(used, (used += length))) {
    text += alphabet.charAt(byte % alphabet.length)
  }
  return text
}

/** `ord_` + nine characters of time + a counter within the millisecond + ten random ones: 26 characters that sort by time within a process. */
export function sortableIds(now: Clock = systemClock): NewId {
  let lastMs = 0
  let counter = 0
  return (prefix) => {
    const ms = Math.max(now(), lastMs)
    counter = ms === lastMs ? counter + 1 : 0
    lastMs = ms
    return `${prefix}_${encodeTime(ms)}${counter.toString(36).padStart(3, '0')}${randomText(10)}`
  }
}

/** A random value from 0 up to 1, for jitter only. */
export const chance = (): number => Math.random()
