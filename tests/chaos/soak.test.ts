import { expect, it } from '@jest/globals'
import { deeds } from '../load/soak/mix.ts'
import { slopeOf } from '../load/soak/memory.ts'
import { runSoak } from '../load/soak.ts'

it('serves a steady load without an error and keeps balanced books', async () => {
  const lines: string[] = []
  const figures = (line: string): boolean => line.endsWith(' ms')
  const result = await runSoak({
    seconds: 6,
    perSecond: 40,
    people: 6,
    seed: 7,
    print: (line) => void lines.push(line),
  })
  expect(lines.filter((line) => !figures(line))).toEqual([])
  expect(result).toMatchObject({ errors: 0, ledgerViolations: 0 })
  expect(result.streamEvents).toBeGreaterThan(result.streams)
  expect(result.ledgerEntries).toBeGreaterThan(result.people)
  expect(deeds.filter(({ name }) => !lines.some((line) => line.startsWith(name)))).toEqual([])
})

it('computes the slope of a size that fluctuates', () => {
  const garbage = [10, 0, 0, 10]
  const points = garbage.map((mb, minutes) => ({ minutes, mb: 100 + 3 * minutes + mb }))
  expect(slopeOf(points)).toBeCloseTo(3, 10)
  expect(slopeOf(points.map(({ minutes }) => ({ minutes, mb: 7 })))).toBe(0)
})
