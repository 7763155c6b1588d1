import { describe, expect, it } from '@jest/globals'
import { findRepeatedMember } from './json-body.ts'

const find = (text: string) => findRepeatedMember(Buffer.from(text))

describe('a member that appears twice', () => {
  it.each([
    ['{"query":"{ a }","query":"{ b }"}', 'query'],
    [' { "a" : {"a":1,"b":[{"a":2}]} , "b":"\\\\", "a":3}', 'a'],
    ['{"query":1,"qu\\u0065ry":2}', 'query'],
    ['{"a":"\\"","b":"},{\\\\","a":1}', 'a'],
    ['{"é":1,"e":2,"é":3}', 'é'],
    ['{"":1,"":2}', ''],
  ])('is found in %s', (text, name) => {
    expect(find(text)).toBe(name)
  })

  it.each([
    '{"query":"{ a(query: \\"query\\") }","variables":{"query":1,"a":{"query":2}}}',
    '{"a":"a","b":["a","a"],"c":{"a":1,"a":2}}',
    '[{"a":1},{"b":1,"a":2}]',
    '"a"',
    '',
    '{"a":1,"a',
    '{"a":1,"\\u00":2}',
    '}{"a":1}}{',
  ])('is not found in %s', (text) => {
    expect(find(text)).toBeUndefined()
  })

  it('is looked for once in a body of the largest size', () => {
    const most = 256 * 1024
    for (const unit of ['"', '\\', '\\"', '{', '{"a":', ',']) {
      expect(find(`{"b":"${unit.repeat(most / unit.length)}`)).toBeUndefined()
      expect(find(`{"b":${unit.repeat(most / unit.length)}`)).toBeUndefined()
    }
  })
})
