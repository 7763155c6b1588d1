import { logUnit } from './fixed-point.ts'

export const scenarios = ['quiet', 'volatile', 'crash'] as const

/** `quiet`: an ordinary market. `volatile`: one that moves three times as much. `crash`: volatile, and it falls by a third every four hours. */
export type Scenario = (typeof scenarios)[number]

/** How much everything moves, in per cent of an ordinary market. */
export const movementOf: Readonly<Record<Scenario, number>> = {
  quiet: 100,
  volatile: 300,
  crash: 200,
}

const cycleMs = 4 * 3_600_000
const fallMs = 10 * 60_000
/** Two to the power of this is a fall by 34 %. */
const depth = Math.floor(-0.6 * logUnit)

/** What a scenario can add, and whether it turns in a stretch of time; otherwise it adds a straight line there. */
export const plungeRange = { low: depth, high: 0 } as const

export function turnsBetween(scenario: Scenario, fromMs: number, toMs: number): boolean {
  if (scenario !== 'crash') return false
  const passed = fromMs - Math.floor(fromMs / cycleMs) * cycleMs
  const lasts = toMs - fromMs
  return passed + lasts >= cycleMs || (passed < fallMs && passed + lasts >= fallMs)
}

/** What a scenario adds to the whole market at a time: the crash falls for ten minutes, then recovers. */
export function plungeAt(scenario: Scenario, timeMs: number): number {
  if (scenario !== 'crash') return 0
  const passed = timeMs - Math.floor(timeMs / cycleMs) * cycleMs
  if (passed < fallMs) return Math.floor((depth * passed) / fallMs)
  return Math.floor((depth * (cycleMs - passed)) / (cycleMs - fallMs))
}
