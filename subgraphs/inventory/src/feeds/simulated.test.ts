import { describe, expect, it } from '@jest/globals'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { createSimulatedFeed } from './simulated.ts'

const open = (seed = 'seed') => {
  const clock = fakeClock()
  const { now } = clock
  return { clock, feed: createSimulatedFeed({ seed, scenario: 'quiet', tickMs: 1_000, now }) }
}

describe('the simulated feed', () => {
  it('ranks by market capitalisation without a gap; an unknown one has no rank and comes last', async () => {
    const listings = await open().feed.read()
    const ranked = listings.filter(({ rank }) => rank !== undefined)
    expect(ranked.map(({ rank }) => rank)).toEqual(ranked.map((_, place) => place + 1))
    const caps = ranked.map(({ figures }) => figures.marketCap!)
    expect(caps.every((cap, place) => place === 0 || cap <= caps[place - 1]!)).toBe(true)
    expect(ranked.slice(0, 2).map(({ assetId }) => assetId)).toEqual(['BTC', 'ETH'])
    expect(listings.slice(ranked.length).map(({ assetId }) => assetId)).toContain('QUACK')
  })

  it('gives figures that fit together', async () => {
    for (const { price, figures } of await open().feed.read()) {
      expect(figures.allTimeHigh! >= price! && figures.allTimeLow! <= price!).toBe(true)
      expect(figures.volume24h! > 0n).toBe(true)
      const { circulatingSupply, maxSupply } = figures
      if (maxSupply !== undefined) expect(circulatingSupply! <= maxSupply).toBe(true)
    }
  })

  it('is the same for everyone at the same time', async () => {
    const [mine, yours] = [open(), open()]
    for (let tick = 0; tick < 3; tick++) {
      mine.clock.advance(777_000)
      await mine.feed.read()
    }
    yours.clock.advance(3 * 777_000)
    expect(await yours.feed.read()).toEqual(await mine.feed.read())
  })

  it('moves with time', async () => {
    const { clock, feed } = open()
    const before = await feed.read()
    clock.advance(1_000)
    const prices = new Map(before.map(({ assetId, price }) => [assetId, price]))
    const moved = (await feed.read()).filter(({ assetId, price }) => price !== prices.get(assetId))
    expect(moved.length).toBeGreaterThan(before.length / 2)
  })
})
