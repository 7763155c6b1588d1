import { describe, expect, it } from '@jest/globals'
import { price, usd } from '@cnop/kit/money'
import { asset, listing } from '../testing/assets.ts'
import type { Asset, Listing } from './asset.ts'
import { adoptSources, delistAfterReads, mergeListings } from './merge-listings.ts'

type Assets = ReadonlyMap<string, Asset>

const startMs = Date.parse('2026-01-05T10:00:00.000Z')
const band = { percent: 20, windowMs: 60_000 }
const at = (read: number): string => new Date(startMs + read * 1_000).toISOString()
const known = (...assets: Asset[]) => new Map(assets.map((one) => [one.assetId, one]))
const merge = (assets: Assets, listings: readonly Listing[]): Assets =>
  mergeListings(assets, listings, { nowMs: startMs, band })
/** One read per second, each of prices made at its own time. */
const mergeMany = (from: Assets, reads: readonly (readonly Listing[])[]): Assets =>
  reads.reduce(
    (assets, listings, read) =>
      mergeListings(
        assets,
        listings.map((one) => ({ ...one, quotedAt: at(read) })),
        { nowMs: startMs + read * 1_000, band },
      ),
    from,
  )
const many = (count: number) =>
  Array.from({ length: count }, (_, place) => listing(`A${place}`, '1', { rank: place + 1 }))

describe('a read of the feed', () => {
  it('makes a listed asset tradable at its price', () => {
    const merged = merge(new Map(), [listing('BTC', '64000')])
    expect(merged.get('BTC')).toMatchObject({ isActive: true, price: price('64000') })
  })

  it.each([undefined, '0'])(
    'keeps the last price of an asset that is priced at %s now, inactive',
    (zero) => {
      const before = known(asset('BTC', '64000'))
      const merged = merge(before, [listing('BTC', zero)])
      expect(merged.get('BTC')).toMatchObject({
        isActive: false,
        price: price('64000'),
        quotedAt: before.get('BTC')!.quotedAt,
      })
    },
  )

  it('makes it tradable again when its price comes back', () => {
    const merged = mergeMany(known(asset('BTC', '1')), [
      [listing('BTC', '0')],
      [listing('BTC', '2')],
    ])
    expect(merged.get('BTC')).toMatchObject({ isActive: true, price: price('2') })
  })

  it('lists an asset without a price as inactive from the start', () => {
    const merged = merge(new Map(), [listing('NEW', undefined)])
    expect(merged.get('NEW')).toMatchObject({
      isActive: false,
      price: undefined,
      quotedAt: undefined,
    })
  })

  it('keeps a delisted asset, inactive and without a rank, after some reads without it', () => {
    const others = [listing('ETH', '3000')]
    const before = known(asset('GONE', '5', { rank: 7 }))
    const almost = mergeMany(before, Array(delistAfterReads - 1).fill(others))
    expect(almost.get('GONE')).toMatchObject({ isActive: true, rank: 7 })
    const delisted = merge(almost, others)
    expect(delisted.get('GONE')).toMatchObject({
      isActive: false,
      rank: undefined,
      price: price('5'),
      delistedAt: at(0),
    })
  })

  it('delists an asset that is listed without a price for as many reads', () => {
    const worthless = Array.from({ length: delistAfterReads }, () => [listing('BTC', '0')])
    const almost = mergeMany(known(asset('BTC', '5')), worthless.slice(1))
    expect(almost.get('BTC')).toMatchObject({ isActive: false, delistedAt: undefined })
    const delisted = mergeMany(known(asset('BTC', '5')), worthless)
    expect(delisted.get('BTC')).toMatchObject({ isActive: false, delistedAt: at(2) })
    expect(mergeMany(delisted, [...worthless]).get('BTC')).toMatchObject({ delistedAt: at(2) })
  })

  it('lists a delisted asset again', () => {
    const before = known(asset('BTC', '5', { isActive: false, missedReads: 3, delistedAt: at(0) }))
    expect(merge(before, [listing('BTC', '5')]).get('BTC')).toMatchObject({
      isActive: true,
      delistedAt: undefined,
      missedReads: 0,
    })
  })

  it('delists nothing that never had a price', () => {
    const merged = mergeMany(new Map(), Array(9).fill([listing('NEW', undefined)]))
    expect(merged.get('NEW')).toMatchObject({ isActive: false, delistedAt: undefined })
  })

  it('counts only reads in a row', () => {
    const [gone, back] = [[listing('ETH', '1')], [listing('GONE', '5')]]
    const merged = mergeMany(known(asset('GONE', '5')), [gone, gone, back, gone, gone])
    expect(merged.get('GONE')).toMatchObject({ isActive: true, missedReads: 2 })
  })

  it('gives a ticker that two assets share to the first of them', () => {
    const merged = merge(new Map(), [
      listing('SAME', '10', { sourceId: 'large' }),
      listing('SAME', '0.001', { sourceId: 'small' }),
    ])
    expect(merged.get('SAME')).toMatchObject({ sourceId: 'large', price: price('10') })
  })

  it('never reassigns a held ticker to another asset, even when that has become larger', () => {
    const before = known(asset('SAME', '10', { sourceId: 'first' }))
    const both = [
      listing('SAME', '900', { sourceId: 'second' }),
      listing('SAME', '11', { sourceId: 'first' }),
    ]
    expect(merge(before, both).get('SAME')).toMatchObject({ price: price('11') })
    const orphaned = mergeMany(before, Array(delistAfterReads).fill([both[0]!]))
    expect(orphaned.get('SAME')).toMatchObject({
      sourceId: 'first',
      isActive: false,
      price: price('10'),
    })
  })

  it('does not go back in time', () => {
    const before = known(asset('BTC', '2', { quotedAt: '2026-01-05T10:00:00.000Z' }))
    const late = listing('BTC', '1', { quotedAt: '2026-01-05T09:59:00.000Z' })
    expect(merge(before, [late]).get('BTC')).toMatchObject({ price: price('2') })
  })
})

describe('a read that lacks much of the market at once', () => {
  const market = mergeMany(new Map(), [many(250)])
  const activeIn = (assets: Assets) =>
    [...assets.values()].filter(({ isActive }) => isActive).length

  it.each([
    ['a page that was cut off', many(250).slice(0, 200)],
    ['a page with one asset', many(1)],
    ['a column of prices that is missing', many(250).map((one) => ({ ...one, price: undefined }))],
  ])('costs nothing its place: %s', (_, listings) => {
    const after = mergeMany(market, Array(10).fill(listings))
    expect(activeIn(after)).toBe(250)
    expect([...after.values()].every(({ missedReads }) => missedReads === 0)).toBe(true)
  })

  it('still takes over the prices that it has', () => {
    const after = mergeMany(market, [[listing('A7', '1.1')]])
    expect(after.get('A7')).toMatchObject({ price: price('1.1') })
  })

  it('delists as many at once as delistings explain', () => {
    expect(activeIn(mergeMany(market, Array(3).fill(many(225))))).toBe(225)
    const few = mergeMany(new Map(), [many(3)])
    expect(activeIn(mergeMany(few, Array(3).fill(many(2))))).toBe(2)
  })

  it('delists whatever another feed does not list', () => {
    const rules = { nowMs: startMs, band }
    const first = mergeListings(market, many(5), { ...rules, isNewFeed: true })
    expect(activeIn(mergeMany(first, Array(2).fill(many(5))))).toBe(5)
  })
})

describe('a reading outside the price band', () => {
  const before = mergeMany(new Map(), [
    [listing('BTC', '50000', { figures: { volume24h: usd('7.00') } })],
  ])
  const read = (...texts: string[]) =>
    mergeMany(
      before,
      ['50000', ...texts].map((text) => [listing('BTC', text)]),
    ).get('BTC')!

  it('halts the asset at the price and the figures that it had', () => {
    const halted = mergeMany(before, [
      [listing('BTC', '50000', { figures: { volume24h: usd('7.00') } })],
      [listing('BTC', '0.5', { figures: { volume24h: usd('1.00') } })],
    ]).get('BTC')
    expect(halted).toMatchObject({
      isActive: true,
      haltedSince: at(1),
      price: price('50000'),
      quotedAt: at(0),
      figures: { volume24h: usd('7.00') },
    })
  })

  it('ends with two readings that agree, on the old price or on a new one', () => {
    expect(read('0.5', '50000')).toMatchObject({ haltedSince: at(1), price: price('50000') })
    expect(read('0.5', '50000', '50001')).toMatchObject({
      haltedSince: undefined,
      price: price('50001'),
      quotedAt: at(3),
    })
    expect(read('75000', '75100')).toMatchObject({ haltedSince: at(1), price: price('50000') })
    expect(read('75000', '75100', '75200')).toMatchObject({
      haltedSince: undefined,
      price: price('75200'),
    })
  })

  it('stays doubtful when the price is missing in between', () => {
    expect(read('0.5', '0', '0.5')).toMatchObject({ haltedSince: at(1), price: price('50000') })
  })

  it('is compared with no price of another feed', () => {
    const fresh = [listing('BTC', '9', { sourceId: 'other', quotedAt: at(1) })]
    const merged = merge(adoptSources(before, fresh), fresh)
    expect(merged.get('BTC')).toMatchObject({ haltedSince: undefined, price: price('9') })
  })
})

it('another feed takes over the tickers that it lists', () => {
  const before = known(asset('BTC', '1', { sourceId: 'simulated:BTC' }))
  const fresh = [listing('BTC', '2', { sourceId: 'bitcoin' })]
  const merged = merge(adoptSources(before, fresh), fresh)
  expect(merged.get('BTC')).toMatchObject({ sourceId: 'bitcoin', price: price('2') })
})
