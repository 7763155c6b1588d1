import { describe, expect, it } from '@jest/globals'
import { checkExamples, examples, inDigitsOf } from './performance-check.ts'

describe('performance:check', () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    'computes %s as it was published',
    (_name, example) => {
      expect(inDigitsOf(example)).toBe(example.published)
    },
  )

  it('fails on a difference and names its source', () => {
    const lines: string[] = []
    const [first, ...rest] = examples
    const altered = [{ ...first!, published: '37.35 %' }, ...rest]
    expect(checkExamples(altered, (line) => void lines.push(line))).toBe(false)
    expect(lines.filter((line) => line.includes('DIFFERENT'))).toEqual([
      expect.stringContaining(first!.source),
    ])
    expect(checkExamples(examples, () => undefined)).toBe(true)
  })
})
