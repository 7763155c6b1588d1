import { beforeEach, describe, expect, it } from '@jest/globals'
import { price, quantity, usd } from '@cnop/kit/money'
import type { Quote } from '@cnop/quotes/quote'
import { createCatalogue } from './catalogue.ts'
import { asset } from './testing/assets.ts'

const at = (minute: number): string => `2026-01-05T10:${String(minute).padStart(2, '0')}:00.000Z`
const quote = (text: string, minute: number, facts: Partial<Quote> = {}): Quote => ({
  assetId: 'BTC',
  price: price(text),
  quotedAt: at(minute),
  isActive: true,
  name: 'Bitcoin',
  category: 'MAJOR',
  dayAgoPrice: undefined,
  ...facts,
})
const bitcoin = asset('BTC', '100', {
  quotedAt: at(1),
  figures: {
    dayAgoPrice: price('80'),
    circulatingSupply: quantity('2'),
    marketCap: usd('200.00'),
    allTimeHigh: price('120'),
    allTimeHighAt: '2025-01-01T00:00:00.000Z',
    allTimeLow: price('1'),
    allTimeLowAt: '2010-01-01T00:00:00.000Z',
  },
})
let catalogue: ReturnType<typeof createCatalogue>

beforeEach(() => {
  catalogue = createCatalogue()
  catalogue.replace(new Map([['BTC', bitcoin]]), at(1))
})

const current = () => catalogue.get('BTC')!

describe('a quote from the bus', () => {
  it('contains what follows from the price', () => {
    catalogue.applyQuotes([quote('115', 2, { dayAgoPrice: price('81') })], at(2))
    expect(current()).toMatchObject({ price: price('115'), quotedAt: at(2) })
    expect(current().figures).toMatchObject({
      dayAgoPrice: price('81'),
      marketCap: usd('230.00'),
      allTimeHigh: price('120'),
    })
  })

  it('sets records', () => {
    catalogue.applyQuotes([quote('130', 2)], at(2))
    catalogue.applyQuotes([quote('0.5', 3)], at(3))
    expect(current().figures).toMatchObject({
      allTimeHigh: price('130'),
      allTimeHighAt: at(2),
      allTimeLow: price('0.5'),
      allTimeLowAt: at(3),
    })
  })

  it('is ignored when it is older than the known one, or of an unknown asset', () => {
    catalogue.applyQuotes([quote('1', 0), quote('5', 5, { assetId: 'NOPE' })], at(0))
    expect(catalogue.all()).toEqual([bitcoin])
  })

  it('can halt an asset, and delist it', () => {
    const haltedSince = at(2)
    catalogue.applyQuotes([quote('100', 1, { haltedSince })], at(2))
    expect(current()).toMatchObject({ haltedSince, price: price('100') })
    catalogue.applyQuotes([quote('100', 1, { isActive: false, delistedAt: at(3) })], at(3))
    expect(current()).toMatchObject({ isActive: false, delistedAt: at(3), haltedSince: undefined })
  })

  it('can turn an asset inactive', () => {
    catalogue.applyQuotes([quote('100', 1, { isActive: false })], at(1))
    expect(current().isActive).toBe(false)
  })
})

describe('stored figures', () => {
  it('are taken over, but not a price older than the one that is known', () => {
    catalogue.applyQuotes([quote('105', 3)], at(3))
    const stored = asset('BTC', '101', { quotedAt: at(2), rank: 4 })
    catalogue.merge([stored, asset('NEW', '1')])
    expect(current()).toMatchObject({ rank: 4, price: price('105'), quotedAt: at(3) })
    expect(catalogue.get('NEW')).toMatchObject({ price: price('1') })
  })

  it('do not end a halt that came by the bus for the same price', () => {
    catalogue.applyQuotes([quote('100', 1, { haltedSince: at(2) })], at(2))
    catalogue.merge([bitcoin])
    expect(current().haltedSince).toBe(at(2))
  })

  it('replace an older price', () => {
    catalogue.merge([asset('BTC', '101', { quotedAt: at(2) })])
    expect(current()).toMatchObject({ price: price('101'), quotedAt: at(2) })
  })
})

it('every change has its own version', () => {
  const before = catalogue.version()
  catalogue.applyQuotes([quote('115', 2)], at(2))
  expect(catalogue.version()).toBeGreaterThan(before)
})

describe('the assets of a moment', () => {
  const priceAt = (minute: number) => catalogue.at(Date.parse(at(minute))).get('BTC')?.price

  it('are those after the last tick up to it, whatever ticks come later', () => {
    catalogue.applyQuotes([quote('115', 3)], at(3))
    catalogue.applyQuotes([quote('120', 5)], at(5))
    expect([1, 2, 3, 4, 5, 9].map(priceAt)).toEqual(
      ['100', '100', '115', '115', '120', '120'].map(price),
    )
    expect(catalogue.at(Date.parse(at(4))).tickedAt()).toBe(at(3))
    expect(catalogue.at(undefined).get('BTC')?.price).toBe(price('120'))
  })

  it('are the oldest that are kept, for a moment long ago', () => {
    for (let minute = 2; minute < 50; minute++)
      catalogue.applyQuotes([quote(String(100 + minute), minute)], at(minute))
    expect(priceAt(1)).toBe(price('134'))
    expect(priceAt(48)).toBe(price('148'))
  })
})
