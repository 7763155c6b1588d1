/** A short form of `npm run engine:diff`: the compiled executor returns what the stock one returns. */
import { expect, it } from '@jest/globals'
import { describeDifference, runDifferential } from './differential.ts'
import { runRequirements } from './required-arguments.ts'
import { runWholeReplies } from './whole-replies.ts'

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

it('resolves each required field with arguments, and each selected one, to its own value', async () => {
  const { cases, refused, differences } = await runRequirements(75, 7)
  expect(differences).toEqual([])
  expect(cases).toBe(75)
  expect(refused).toBeLessThan(40)
})

it('makes the same body of a reply that it passes on as of one that it parses', async () => {
  const { cases, scanned, differences } = await runWholeReplies(600, 7)
  expect(differences).toEqual([])
  expect(cases).toBe(600)
  expect(scanned).toBeGreaterThan(150)
})
