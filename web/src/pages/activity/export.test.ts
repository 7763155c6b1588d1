import { expect, it } from '@jest/globals'
import { type Entry, toCsv, toJson } from './export.ts'

const entry: Entry = {
  __typename: 'Activity',
  id: 'ent_1',
  sequence: 3,
  kind: 'BUY',
  assetId: 'BTC',
  orderId: 'ord_1',
  cashChange: '-500.00',
  cashHeldChange: '0.00',
  quantityHeldChange: '0',
  cashAfter: '500.00',
  quantityChange: '0.01000001',
  price: '49999.95',
  fee: null,
  createdAt: '2026-11-21T12:00:00.000Z',
}

it('writes one line per entry with exact amounts', () => {
  expect(toCsv([entry]).split('\r\n')).toEqual([
    'sequence,createdAt,kind,assetId,quantityChange,price,cashChange,cashHeldChange,quantityHeldChange,cashAfter,fee,orderId,id',
    '3,2026-11-21T12:00:00.000Z,BUY,BTC,0.01000001,49999.95,-500.00,0.00,0,500.00,,ord_1,ent_1',
    '',
  ])
})

it('escapes formulas of spreadsheets, and quotes what would break a row', () => {
  const row = toCsv([{ ...entry, assetId: '=SUM(A1)', orderId: 'a,"b"' }])
  expect(row).toContain(",'=SUM(A1),")
  expect(row).toContain(',"a,""b""",')
})

it('writes JSON that parses back', () => {
  expect(JSON.parse(toJson([entry]))).toMatchObject([
    { sequence: 3, cashChange: '-500.00', fee: null },
  ])
})
