import { expect, it } from '@jest/globals'
import { defaults, readSettings } from './settings.ts'

it('reads back what was stored', () => {
  const settings = { ...defaults, range: 'WEEK', interval: '4h', isLog: true, zone: 'UTC' } as const
  expect(readSettings(JSON.stringify(settings))).toEqual(settings)
})

it.each([undefined, '', '{', 'null', '7', '{"range":"CENTURY","isLog":1,"zone":"MARS"}'])(
  'takes the default for what it does not understand: %s',
  (text) => {
    expect(readSettings(text)).toEqual(defaults)
  },
)

it('never has an interval that its range does not serve', () => {
  const stored = readSettings('{"range":"YEAR","interval":"1m"}')
  expect([stored.range, stored.interval]).toEqual(['YEAR', '1d'])
})
