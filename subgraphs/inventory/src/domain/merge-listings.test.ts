import { describe, expect, it } from '@jest/globals'
import { price } from '@cnop/kit/money'
import { asset, listing } from '../testing/assets.ts'
import type { Asset, Listing } from './asset.ts'
import { adoptSources, delistAfterReads, mergeListings } from './merge-listings.ts'

const known = (...assets: Asset[]) => new Map(assets.map((one) => [one.assetId, one]))
const mergeMany = (from: ReadonlyMap<string, Asset>, reads: readonly (readonly Listing[])[]) =>
  reads.reduce((assets, listings) => mergeListings(assets, listings), from)

describe('a read of the feed', () => {
  it('makes a listed asset tradable at its price', () => {
    const merged = mergeListings(new Map(), [listing('BTC', '64000')])
    expect(merged.get('BTC')).toMatchObject({ isActive: true, price: price('64000') })
  })

  it.each([undefined, '0'])(
    'keeps the last price of an asset that is priced at %s now, inactive',
    (zero) => {
      const before = known(asset('BTC', '64000'))
      const merged = mergeListings(before, [listing('BTC', zero)])
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
    const merged = mergeListings(new Map(), [listing('NEW', undefined)])
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
    const delisted = mergeListings(almost, others)
    expect(delisted.get('GONE')).toMatchObject({
      isActive: false,
      rank: undefined,
      price: price('5'),
    })
  })

  it('counts only reads in a row', () => {
    const [gone, back] = [[listing('ETH', '1')], [listing('GONE', '5')]]
    const merged = mergeMany(known(asset('GONE', '5')), [gone, gone, back, gone, gone])
    expect(merged.get('GONE')).toMatchObject({ isActive: true, missedReads: 2 })
  })

  it('gives a ticker that two assets share to the first of them', () => {
    const merged = mergeListings(new Map(), [
      listing('SAME', '10', { sourceId: 'large' }),
      listing('SAME', '0.001', { sourceId: 'small' }),
    ])
    expect(merged.get('SAME')).toMatchObject({ sourceId: 'large', price: price('10') })
  })

  it('never hands a held ticker over to a namesake, not even when that has become larger', () => {
    const before = known(asset('SAME', '10', { sourceId: 'first' }))
    const both = [
      listing('SAME', '900', { sourceId: 'second' }),
      listing('SAME', '11', { sourceId: 'first' }),
    ]
    expect(mergeListings(before, both).get('SAME')).toMatchObject({ price: price('11') })
    const orphaned = mergeMany(before, Array(delistAfterReads).fill([both[0]!]))
    expect(orphaned.get('SAME')).toMatchObject({
      sourceId: 'first',
      isActive: false,
      price: price('10'),
    })
  })

  it('does not turn time back', () => {
    const before = known(asset('BTC', '2', { quotedAt: '2026-01-05T10:00:00.000Z' }))
    const late = listing('BTC', '1', { quotedAt: '2026-01-05T09:59:00.000Z' })
    expect(mergeListings(before, [late]).get('BTC')).toMatchObject({ price: price('2') })
  })
})

it('another feed takes over the tickers that it lists', () => {
  const before = known(asset('BTC', '1', { sourceId: 'simulated:BTC' }))
  const fresh = [listing('BTC', '2', { sourceId: 'bitcoin' })]
  const merged = mergeListings(adoptSources(before, fresh), fresh)
  expect(merged.get('BTC')).toMatchObject({ sourceId: 'bitcoin', price: price('2') })
})
