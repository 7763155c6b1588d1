import { expect, it } from '@jest/globals'
import { readLayouts } from './layout.ts'

it('reads what it has stored', () => {
  const layouts = { 'trade-columns': { market: 62.5, ticket: 37.5 } }
  expect(readLayouts(JSON.stringify(layouts))).toEqual(layouts)
})

it.each([undefined, '', 'x', 'null', '7', '[1]', '{"a":{"b":"wide"}}', '{"a":{"b":-4}}'])(
  'ignores %j',
  (text) => {
    expect(readLayouts(text)).toEqual({})
  },
)

it('keeps the groups that it understands beside others', () => {
  expect(readLayouts('{"rows":{"chart":60,"account":40},"columns":{"market":400}}')).toEqual({
    rows: { chart: 60, account: 40 },
  })
})
