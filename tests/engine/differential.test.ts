/** A short form of `npm run engine:diff`: the compiled executor answers what the stock one answers. */
import { expect, it } from '@jest/globals'
import { describeDifference, runDifferential } from './differential.ts'

it.each([
  ['with generated code', true],
  ['without generated code', false],
])(
  'agrees with the stock executor on random operations and faults, %s',
  async (_name, isGenerated) => {
    const result = await runDifferential(160, 7, isGenerated)
    expect(result.differences.map(describeDifference)).toEqual([])
    expect(result.cases).toBe(160)
  },
)
