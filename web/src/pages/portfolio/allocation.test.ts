import { expect, it } from '@jest/globals'
import { byClass } from './allocation.ts'

const slice = (assetId: string, value: string, percent: number) => ({ assetId, value, percent })

it('sums the slices of a class to the cent, and keeps cash and what is unknown apart', () => {
  const slices = [
    slice('BTC', '40.01', 40.01),
    slice('USD', '30.00', 30),
    slice('DOGE', '15.00', 15),
    slice('ETH', '10.99', 10.99),
    slice('X', '4.00', 4),
  ]
  const classes = new Map([
    ['BTC', 'MAJOR'],
    ['ETH', 'MAJOR'],
    ['DOGE', 'ALTCOIN'],
  ] as const)
  expect(byClass(slices, classes)).toEqual([
    slice('Majors', '51.00', 51),
    slice('Cash', '30.00', 30),
    slice('Altcoins', '15.00', 15),
    slice('Others', '4.00', 4),
  ])
})
