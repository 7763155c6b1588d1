import { expect, it } from '@jest/globals'
import { decodeCursor, encodeCursor, pageSize } from './cursor.ts'

it('gives back the place that it was made from', () => {
  expect(decodeCursor(encodeCursor(['USER#mei', 'ORDER#1']), 2)).toEqual(['USER#mei', 'ORDER#1'])
})

it.each([
  '',
  'x',
  '!!!',
  encodeCursor(['one']),
  Buffer.from('{"a":1}').toString('base64url'),
  Buffer.from('[1,2]').toString('base64url'),
  'A'.repeat(600),
  `${encodeCursor(['USER#mei', 'ORDER#1'])}=`,
  ` ${encodeCursor(['USER#mei', 'ORDER#1'])}`,
  Buffer.from('["a?>","b"]').toString('base64'),
])('refuses %j, which is no cursor of two parts', (cursor) => {
  expect(() => decodeCursor(cursor, 2)).toThrow(/^after: /)
})

it.each([0, -1, 101, 1.5, Number.NaN])('refuses a page of %s items', (first) => {
  expect(() => pageSize(first, 100, 20)).toThrow(/^first: must be 1 to 100/)
})

it('falls back to the usual page size', () => {
  expect(pageSize(undefined, 100, 20)).toBe(20)
  expect(pageSize(null, 100, 20)).toBe(20)
  expect(pageSize(100, 100, 20)).toBe(100)
})
