import { expect, it } from '@jest/globals'
import { placesOf, shareNear } from './places.ts'

it('lets fills share a mark that would cover each other, clear of the candles of all', () => {
  const buy = (x: number, y: number, count = 1) => ({ x, y, side: 'BUY' as const, count })
  const sale = { x: 12, y: 40, side: 'SELL' as const, count: 1 }
  expect(shareNear([buy(200, 90), buy(10, 100), sale, buy(30, 120, 2)])).toEqual([
    buy(10, 120, 3),
    sale,
    buy(200, 90),
  ])
})

const room = { highest: 12, lowest: 200, columns: 2 }

it('puts names at one height beside each other, and as near to their lines as there is room', () => {
  expect(placesOf([100, 110, 180, 90, 130], room)).toEqual([
    { top: 100, column: 0 },
    { top: 110, column: 1 },
    { top: 180, column: 0 },
    { top: 84, column: 1 },
    { top: 130, column: 0 },
  ])
})

it('covers no name by another, however many there are, and leaves out those without room', () => {
  const places = placesOf(
    Array.from({ length: 20 }, () => 100),
    room,
  )
  const placed = places.filter((place) => place !== undefined)
  expect(places.slice(placed.length)).toEqual(places.slice(placed.length).map(() => undefined))
  expect(placed.length).toBeGreaterThanOrEqual(12)
  for (const [index, { top, column }] of placed.entries()) {
    expect(top).toBeGreaterThanOrEqual(12)
    expect(top).toBeLessThanOrEqual(200)
    expect(column).toBeLessThan(2)
    const others = placed.slice(index + 1).filter((other) => other.column === column)
    expect(others.filter((other) => Math.abs(other.top - top) < 26)).toEqual([])
  }
})
